/** The contract of a model family. Each family has a file in this folder. */
import type { ImageSize } from "../../media/frame";
import type { InputStyle } from "../input/input-buffer";
import type { Corners } from "../input/letterbox";
import type { OutputTensor } from "../onnx/tensor";
import type { Table } from "./table";

/** An object with its corners in pixels of the model's input. */
export interface Candidate extends Corners {
  /** 0..1 */
  score: number;
  classId: number;
}

/** The facts that decide the family of a model: its metadata and the outputs of one run. */
export interface ModelRun {
  outputs: readonly OutputTensor[];
  /** The size of the model's input, pixels. */
  size: ImageSize;
  /** The metadata names a task with boxes, or no task. False for classifiers and models for rotated boxes. */
  findsBoxes: boolean;
  /** The table of rows and columns among the outputs, if there is exactly one. */
  table: Table | undefined;
}

/**
 * The format of a recognised model: how its images are prepared and its outputs are read. Each family is a class with
 * these members, and those of {@link Family} as static members.
 */
export interface ModelFormat {
  readonly family: string;
  /** How images are prepared for the model. */
  readonly input: InputStyle;
  /** The model reports an object several times, so the best box must be selected. */
  readonly hasOverlaps: boolean;
  /** The position of the cells, for families that report every cell. */
  readonly cells?: ScoredCells;
  /**
   * Reads the objects above a score, including overlapping ones.
   *
   * @param confidence 0..1; objects must score higher
   * @throws {SurveillanceError} YOLO_UNSUPPORTED_MODEL for rows that are not objects
   */
  decode(outputs: readonly OutputTensor[], confidence: number): Candidate[];
}

/** An entry of the list in ./index.ts. */
export interface Family {
  /** The common names of the models, for the message that refuses other ones. */
  models: string;
  /**
   * Recognises a model of this family. It must not guess. If the facts also fit another family, it returns a doubt, and
   * the model is refused with a message that names the missing fact.
   *
   * @returns undefined for other models
   */
  recognise(run: ModelRun): ModelFormat | Doubt | undefined;
}

/** The reason to refuse a model whose outputs fit two families. A wrong guess would be worse. */
export interface Doubt {
  /** Completes a sentence that starts with the model's name. */
  why: string;
  advice: string;
}

/** The position of the cells in a table. The first four values of a cell are its box, followed by its scores. */
export interface Cells {
  output: string;
  cells: number;
  /** The distance from one cell to the next, in numbers. */
  cellStep: number;
  /** The distance from one value of a cell to the next, in numbers. */
  valueStep: number;
  classes: number;
}

export interface ScoredCells extends Cells {
  /** The number of scores after the box: one per class, and the objectness if there is one. */
  scores: number;
}

/** The input of Ultralytics' training (data/augment.py, LetterBox), also of other projects with its export format. */
export const ultralyticsInput: InputStyle = { order: "rgb", range: "unit", pad: 114, placement: "centre" };

/** Returns a candidate from the centre and the size of its box. */
export function centred(
  cx: number,
  cy: number,
  width: number,
  height: number,
  score: number,
  classId: number,
): Candidate {
  return {
    x1: cx - width / 2,
    y1: cy - height / 2,
    x2: cx + width / 2,
    y2: cy + height / 2,
    score,
    classId,
  };
}

/**
 * Returns the best class of a row of cx, cy, w, h, objectness and one score per class. Its score is the product of
 * objectness and class score.
 *
 * @param row index of the row's first number
 */
export function bestClass(
  data: OutputTensor["data"],
  row: number,
  classes: number,
): [score: number, classId: number] {
  let best = 0;
  for (let classId = 1; classId < classes; classId++)
    if ((data[row + 5 + classId] ?? 0) > (data[row + 5 + best] ?? 0)) best = classId;
  return [(data[row + 4] ?? 0) * (data[row + 5 + best] ?? 0), best];
}
