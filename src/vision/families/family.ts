/** What a model family is: the contract that each file in this folder fulfils. */
import type { ImageSize } from "../../media/frame";
import type { InputStyle } from "../input/input-buffer";
import type { Corners } from "../input/letterbox";
import type { OutputTensor } from "../onnx/tensor";
import type { Table } from "./table";

/** An object as the model sees it: corners in pixels of the model's input. */
export interface Candidate extends Corners {
  /** 0..1 */
  score: number;
  classId: number;
}

/** What a model tells of itself: its metadata and the outputs of one run. */
export interface ModelRun {
  outputs: readonly OutputTensor[];
  /** Of the model's input, pixels. */
  size: ImageSize;
  /** The exporter says that it finds boxes, or says nothing. Classifiers and models for rotated boxes do not. */
  findsBoxes: boolean;
  /** The one table of rows and columns among the outputs, where the model gives exactly one. */
  table: Table | undefined;
}

/**
 * A model of a family, recognised: how it takes images and how its outputs are read. Each family is a class that has
 * these, and the two of {@link Family} as static members.
 */
export interface ModelFormat {
  readonly family: string;
  /** How images are prepared for the model. */
  readonly input: InputStyle;
  /** Whether the model reports one object several times, so that the best box has to be picked. */
  readonly hasOverlaps: boolean;
  /** Where the cells are, for families that report every cell. */
  readonly cells?: ScoredCells;
  /**
   * Reads the objects above a score, overlapping ones included.
   *
   * @param confidence 0..1; objects must score higher
   * @throws {SurveillanceError} YOLO_UNSUPPORTED_MODEL for rows that are not objects
   */
  decode(outputs: readonly OutputTensor[], confidence: number): Candidate[];
}

/** An entry of the list in ./index.ts. */
export interface Family {
  /** The models as users know them, for the message that refuses all others. */
  models: string;
  /**
   * Says whether a model is of this family. It must not guess: where the evidence fits another family as well, it
   * returns a doubt, and the model is refused with a message that says what would decide.
   *
   * @returns undefined when it is not
   */
  recognise(run: ModelRun): ModelFormat | Doubt | undefined;
}

/** Outputs that fit two families: to read them by guessing is worse than to refuse the model. */
export interface Doubt {
  /** Completes a sentence that begins with the model's name. */
  why: string;
  advice: string;
}

/** Where the numbers of all cells are in a table: a cell's first four are its box, its scores follow. */
export interface Cells {
  output: string;
  cells: number;
  /** How many numbers further on the next cell begins. */
  cellStep: number;
  /** How many numbers further on a cell's next value is. */
  valueStep: number;
  classes: number;
}

export interface ScoredCells extends Cells {
  /** How many of a cell's values behind the box are scores: of its classes and, where it has one, its objectness. */
  scores: number;
}

/**
 * How Ultralytics trains its models (data/augment.py, LetterBox); others that follow its exports do the same.
 */
export const ultralyticsInput: InputStyle = { order: "rgb", range: "unit", pad: 114, placement: "centre" };

/** The object in a box that is given by its centre. */
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
 * The best class of a row of cx, cy, w, h, objectness, then one score per class: its score is the product of both.
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
