import { cocoNames } from "./coco-names";
import type { ModelFacts } from "./model-facts";
import {
  areAroundCells,
  areSelected,
  haveNegativeSizes,
  highest,
  isWhole,
  objectnessIsOne,
  reachBeyondCells,
} from "./rows";

/** A tensor that a run of the model gave, its numbers as float32 (labels as float64, from int64). */
export interface OutputTensor {
  name: string;
  dims: readonly number[];
  data: Float32Array | Float64Array;
}

/** Where the objects are in a model's output, and how they are written. All boxes are in pixels of the model's input. */
export type OutputLayout =
  /**
   * YOLOv8, v9, v11, v12: rows of cells: cx, cy, w, h, then one row of scores per class. `byCell`: transposed, one row
   * per cell.
   */
  | { family: "yolov8"; output: string; classes: number; cells: number; byCell: boolean }
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
  | ({ family: "end2end" } & SelectedRows)
  /** DeepStream-Yolo's exports: rows as in a selection, but one per cell, so that overlapping ones are all there. */
  | ({ family: "deepstream" } & SelectedRows)
  /** RT-DETR, D-FINE, DEIM: three outputs, no suppression needed. */
  | { family: "detr"; labels: string; boxes: string; scores: string };

interface SelectedRows {
  output: string;
  rowLength: number;
  /** Columns: of x1, of the score, of the class. */
  box: number;
  score: number;
  classId: number;
}

/** Outputs that fit two families: what they would be read as by guessing is worse than nothing. */
export interface Undecided {
  family: "undecided";
  /** Completes a sentence that begins with the model's name. */
  why: string;
  advice: string;
}

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
 * model with dynamic axes known. Names decide first, then dimensions, then the numbers themselves.
 *
 * A last dimension of 6 alone does not mean that the graph selects the objects itself: YOLOX and YOLOv5 with one class
 * have 6 values per cell, too, and so have DeepStream's exports.
 *
 * @param classes how many classes the user named, where they did; the metadata's names count after it
 * @returns undefined when the outputs are none that are known
 */
export function recogniseLayout(
  outputs: readonly OutputTensor[],
  size: InputSize,
  facts: ModelFacts,
  classes?: number,
): OutputLayout | Undecided | undefined {
  if (facts.task !== undefined && !["detect", "segment", "pose"].includes(facts.task)) return undefined;
  const named = new Set(outputs.map(({ name }) => name));
  if (["labels", "boxes", "scores"].every((name) => named.has(name)))
    return { family: "detr", labels: "labels", boxes: "boxes", scores: "scores" };

  const [first] = outputs;
  if (outputs.length === 1 && first?.dims.length === 2 && first.dims[1] === 7) return recogniseList(first);
  // A list of labels or scores beside the table: its columns are others than those of a table that stands alone.
  if (outputs.some(({ dims }) => dims.length < 3)) return undefined;
  const tables = outputs.filter(({ dims }) => dims.length === 3 && dims[0] === 1);
  const [table] = tables;
  if (table === undefined || tables.length > 1) return undefined;
  const extra = maskCoefficients(outputs, size) + facts.keypointValues;
  const counts = [classes, facts.names?.length].filter((count) => count !== undefined);
  return recogniseTable(table, extra, size, facts.selected, counts);
}

/** Objects as one list over the batch: batch, corners, then class and score (YOLOv7) or score and class (YOLO-NAS). */
function recogniseList({ name, data }: OutputTensor): OutputLayout | Undecided {
  const list = (classId: number): OutputLayout => {
    return { family: "end2end", output: name, rowLength: 7, box: 1, score: 11 - classId, classId };
  };
  const byName = name.endsWith("flat_predictions") ? 6 : name === "output" ? 5 : undefined;
  const candidates = [5, 6].filter(
    (column) => isWhole(data, 7, column) && highest(data, 7, 11 - column) <= 1.001,
  );
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined) return list(only);
  if (candidates.length === 2 && byName !== undefined) return list(byName);
  return {
    family: "undecided",
    why: `the output ${name} lists objects, but whether the class or the score comes first cannot be told`,
    advice:
      'Export it with the name that its exporter gives it: "output" with the class first (YOLOv7), ' +
      '"graph2_flat_predictions" with the score first (YOLO-NAS).',
  };
}

function recogniseTable(
  table: OutputTensor,
  extra: number,
  size: InputSize,
  isSelected: boolean,
  named: readonly number[],
): OutputLayout | Undecided | undefined {
  const { name: output, data } = table;
  const [, rows = 0, columns = 0] = table.dims;
  const selection = { output, rowLength: columns, box: 0, score: 4, classId: 5 };
  const mayBeSelected = rows <= MAX_SELECTED_ROWS && columns === 6 + extra;
  if (isSelected) return mayBeSelected ? { family: "end2end", ...selection } : undefined;
  const rowsAre = columns === 6 + extra ? areSelected(data, columns) : "no";
  const isGrid = STRIDES.some((strides) =>
    [1, ANCHORS].some((anchors) => rows === anchors * cellCount(size, strides)),
  );
  if (rowsAre === "yes" && extra === 0 && (isGrid || !mayBeSelected))
    return { family: "deepstream", ...selection };
  const cells = recogniseCells(table, extra, size, named);
  if (cells !== undefined) return cells;
  return mayBeSelected && rowsAre !== "no" ? { family: "end2end", ...selection } : undefined;
}

/** The families with a row or column per grid cell. */
function recogniseCells(
  { name: output, dims, data }: OutputTensor,
  extra: number,
  size: InputSize,
  named: readonly number[],
): OutputLayout | Undecided | undefined {
  const [, rows = 0, columns = 0] = dims;
  for (const strides of STRIDES) {
    const cells = cellCount(size, strides);
    // 64 pixels and 80 classes make a square table: the number of names decides.
    const namesFit = rows !== cells || named.length === 0 || named.includes(rows - 4 - extra);
    if (columns === cells && namesFit && rows - 4 - extra >= 1)
      return { family: "yolov8", output, classes: rows - 4 - extra, cells, byCell: false };
    const classes = columns - 5 - extra;
    if (rows === cells * ANCHORS && classes >= 1)
      return { family: "yolov5", output, classes, cells: rows, rowLength: columns };
    if (rows !== cells || classes < 0) continue;

    const isAround = areAroundCells(data, columns, strides, size);
    const decoded = isAround || reachBeyondCells(data, columns);
    const byCell = { family: "yolov8", output, classes: classes + 1, cells, byCell: true } as const;
    const yolox = { family: "yolox", output, classes, rowLength: columns, strides, decoded } as const;
    const told = named.find((count) => count === classes || count === classes + 1);
    if (told === classes + 1) return byCell;
    if (classes >= 1 && objectnessIsOne(data, columns))
      return { family: "yolov5", output, classes, cells: rows, rowLength: columns };
    if (told === classes && classes >= 1) return yolox;
    if (!decoded) {
      // NanoDet-Plus has as many cells as a YOLOX with four strides, but nothing below 0.
      const isYolox = classes >= 1 && (strides.length < 4 || haveNegativeSizes(data, columns));
      return isYolox ? yolox : undefined;
    }
    if (classes === 0 || classes + 1 === cocoNames.length) return byCell;
    return classes === cocoNames.length ? yolox : objectnessUnknown(classes);
  }
  return undefined;
}

function objectnessUnknown(classes: number): Undecided {
  return {
    family: "undecided",
    why:
      `its table may be one of ${classes + 1} classes (a transposed YOLOv8) ` +
      `or of an objectness and ${classes} classes (YOLOX), and it names none`,
    advice: "Set the labels: their number tells which it is.",
  };
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

/**
 * Whether every class has one and the same score in all cells although the boxes differ: the mark of an export whose
 * boxes (0..640) and scores (0..1) were quantised with one scale, which rounds every score to 0 (meituan/YOLOv6#969,
 * ultralytics#25045).
 */
export function scoresAreFlat(layout: OutputLayout, outputs: readonly OutputTensor[]): boolean {
  if (!("classes" in layout)) return false;
  const { data = new Float32Array() } = outputs.find(({ name }) => name === layout.output) ?? {};
  // How far apart a channel's values are, and where the next channel begins.
  const [step, next, cells] =
    layout.family !== "yolov8"
      ? [layout.rowLength, 1, data.length / layout.rowLength]
      : layout.byCell
        ? [data.length / layout.cells, 1, layout.cells]
        : [1, layout.cells, layout.cells];
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
