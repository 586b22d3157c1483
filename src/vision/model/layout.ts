import type { ModelFacts } from "./model-facts";

/** A tensor that a run of the model gave, its numbers as float32 (labels as float64, from int64). */
export interface OutputTensor {
  name: string;
  dims: readonly number[];
  data: Float32Array | Float64Array;
}

/** Where the objects are in a model's output, and how they are written. All boxes are in pixels of the model's input. */
export type OutputLayout =
  /** YOLOv8, v9, v11, v12: rows of cells: cx, cy, w, h, then one row of scores per class. */
  | { family: "yolov8"; output: string; classes: number; cells: number }
  /** YOLOv5, v7 (and v6, whose objectness is 1): per cell cx, cy, w, h, objectness, one score per class. */
  | { family: "yolov5"; output: string; classes: number; cells: number; rowLength: number }
  /** YOLOX: as v5, but in strides from the cell and in logarithms, unless the export decodes them. */
  | {
      family: "yolox";
      output: string;
      classes: number;
      rowLength: number;
      strides: readonly number[];
      decoded: boolean;
    }
  /** YOLOv10, v26, exports with NMS inside: one row per object, corners first, the rest in these columns. */
  | { family: "end2end"; output: string; rowLength: number; box: number; score: number; classId: number }
  /** RT-DETR, D-FINE, DEIM: three outputs, no suppression needed. */
  | { family: "detr"; labels: string; boxes: string; scores: string };

/** The grids in use: three scales, with P6 or P2, and the two scales of the tiny v3. */
const STRIDES: readonly (readonly number[])[] = [
  [8, 16, 32],
  [8, 16, 32, 64],
  [4, 8, 16, 32],
  [16, 32],
];
const ANCHORS = 3;
const MAX_SELECTED_ROWS = 1000;

export interface InputSize {
  width: number;
  height: number;
}

/**
 * Tells which family a model is of, from its metadata and from what one run gave: only then are the dimensions of a
 * model with dynamic axes known.
 *
 * A last dimension of 6 alone does not mean that the graph selects the objects itself: YOLOX and YOLOv5 with one class
 * have 6 values per cell, too. So the number of cells that the input size makes is compared first.
 *
 * @returns undefined when the outputs are none that are known
 */
export function recogniseLayout(
  outputs: readonly OutputTensor[],
  size: InputSize,
  facts: ModelFacts,
): OutputLayout | undefined {
  if (facts.task !== undefined && !["detect", "segment", "pose"].includes(facts.task)) return undefined;
  const named = new Set(outputs.map(({ name }) => name));
  if (["labels", "boxes", "scores"].every((name) => named.has(name)))
    return { family: "detr", labels: "labels", boxes: "boxes", scores: "scores" };

  // YOLOv7 puts out its objects as one list over the batch: batch, corners, class, score.
  const [first] = outputs;
  if (outputs.length === 1 && first?.dims.length === 2 && first.dims[1] === 7)
    return { family: "end2end", output: first.name, rowLength: 7, box: 1, score: 6, classId: 5 };

  const tables = outputs.filter(({ dims }) => dims.length === 3 && dims[0] === 1);
  const [table] = tables;
  if (table === undefined || tables.length > 1) return undefined;
  const [, rows = 0, columns = 0] = table.dims;
  const extra = maskCoefficients(outputs, size) + facts.keypointValues;

  const selected: OutputLayout | undefined =
    rows <= MAX_SELECTED_ROWS && columns === 6 + extra
      ? { family: "end2end", output: table.name, rowLength: columns, box: 0, score: 4, classId: 5 }
      : undefined;
  if (facts.selected) return selected;
  return recogniseCells(table, rows, columns, extra, size, facts.names?.length) ?? selected;
}

/** The families with a row or column per grid cell. */
function recogniseCells(
  table: OutputTensor,
  rows: number,
  columns: number,
  extra: number,
  size: InputSize,
  named: number | undefined,
): OutputLayout | undefined {
  const output = table.name;
  for (const strides of STRIDES) {
    const cells = cellCount(size, strides);
    // 64 pixels and 80 classes make a square table: the number of names decides.
    const namesFit = rows !== cells || named === undefined || rows === 4 + extra + named;
    if (columns === cells && namesFit && rows - 4 - extra >= 1)
      return { family: "yolov8", output, classes: rows - 4 - extra, cells };
    const classes = columns - 5 - extra;
    if (classes < 1) continue;
    const cell = { output, classes, rowLength: columns };
    if (rows === cells * ANCHORS || (rows === cells && objectnessIsOne(table.data, columns)))
      return { family: "yolov5", cells: rows, ...cell };
    if (rows === cells)
      return { family: "yolox", strides, decoded: boxesAreDecoded(table.data, columns), ...cell };
  }
  return undefined;
}

function cellCount({ width, height }: InputSize, strides: readonly number[]): number {
  return strides.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);
}

/** A segmentation model has a second output of mask prototypes, and as many coefficients behind the class scores. */
function maskCoefficients(outputs: readonly OutputTensor[], { width, height }: InputSize): number {
  const prototypes = outputs.find(
    ({ dims }) => dims.length === 4 && dims[2] === height / 4 && dims[3] === width / 4,
  );
  return prototypes?.dims[1] ?? 0;
}

/** YOLOv6 writes a constant 1 where YOLOX has its objectness. */
function objectnessIsOne(data: OutputTensor["data"], rowLength: number): boolean {
  for (let at = 4; at < data.length; at += rowLength) if (data[at] !== 1) return false;
  return true;
}

/** Offsets in cells and logarithms of sizes stay far below 64; pixels do not. */
function boxesAreDecoded(data: OutputTensor["data"], rowLength: number): boolean {
  for (let row = 0; row < data.length; row += rowLength)
    for (let value = 0; value < 4; value++) if ((data[row + value] ?? 0) > 64) return true;
  return false;
}

/**
 * Whether every class has one and the same score in all cells although the boxes differ: the mark of an export whose
 * boxes (0..640) and scores (0..1) were quantised with one scale, which rounds every score to 0 (meituan/YOLOv6#969,
 * ultralytics#25045).
 */
export function scoresAreFlat(layout: OutputLayout, outputs: readonly OutputTensor[]): boolean {
  if (layout.family === "detr" || layout.family === "end2end") return false;
  const { data = new Float32Array() } = outputs.find(({ name }) => name === layout.output) ?? {};
  // How far apart a channel's values are, and where the next channel begins.
  const [step, next, cells] =
    layout.family === "yolov8"
      ? [1, layout.cells, layout.cells]
      : [layout.rowLength, 1, data.length / layout.rowLength];
  const isFlat = (channel: number): boolean => {
    const start = channel * next;
    for (let cell = 1; cell < cells; cell++) if (data[start + cell * step] !== data[start]) return false;
    return true;
  };
  // Behind the box come the class scores; with the row families the objectness is in between, which counts as well.
  const objectness = layout.family !== "yolov8" && !objectnessIsOne(data, step) ? [4] : [];
  const firstClass = layout.family === "yolov8" ? 4 : 5;
  const scores = [...objectness, ...Array.from({ length: layout.classes }, (_, index) => firstClass + index)];
  return cells > 1 && scores.every(isFlat) && ![0, 1, 2, 3].every(isFlat);
}
