/** The facts that distinguish families whose output is one table of numbers. */
import type { ImageSize } from "../../media/frame";
import { cocoNames } from "../labels";
import type { ModelFacts } from "../onnx/model-facts";
import type { OutputTensor } from "../onnx/tensor";
import { areAroundCells, areSelected, haveNegativeSizes, objectnessIsOne, reachBeyondCells } from "./rows";

/** An output with one row per object, or one column per object. */
export interface Table {
  output: string;
  data: OutputTensor["data"];
  rows: number;
  columns: number;
  /** The number of values after the class scores of an object: mask coefficients and key points. */
  extra: number;
  /** Tells whether the rows are x1, y1, x2, y2, score, class, per object or per cell. */
  corners: Corners;
  /** Set if the table has one entry for each cell of a known grid, and its rows are not corners. */
  grid: Grid | undefined;
}

/**
 * `declared`: per object, from the metadata. `perObject`, `perCell`: from the numbers. `unknown`: all boxes are empty,
 * as in a selection without objects.
 */
type Corners = "declared" | "perObject" | "perCell" | "unknown" | "no";

/** The arrangement of a detection head's cells in a table. */
export type Grid =
  /** One column per cell. */
  | { arrangement: "columns"; cells: number; classes: number }
  /** One row per cell and anchor, with an objectness. */
  | { arrangement: "anchors"; cells: number; classes: number }
  /** One row per cell. */
  | {
      arrangement: "rows";
      cells: number;
      strides: readonly number[];
      /** True: the boxes are in pixels. False: they are offsets in cells and logarithms of sizes. */
      inPixels: boolean;
      /** The meaning of a cell's fifth value, from names and numbers: the first class score, or an objectness. */
      fifth: "score" | "objectness" | "constant objectness" | "unclear";
      /** The number of classes if the fifth value is an objectness. If it is a score, there is one more. */
      classes: number;
    };

/** The known grids: three scales, also with P6 or P2, and the two scales of the tiny v3. */
const STRIDES: readonly (readonly number[])[] = [
  [8, 16, 32],
  [8, 16, 32, 64],
  [4, 8, 16, 32],
  [16, 32],
];
const ANCHORS = 3;
/** The maximum length of a selection. A table with more rows has one for each cell. */
const MAX_SELECTED_ROWS = 1000;

/**
 * Returns the table among the outputs of a run.
 *
 * A last dimension of 6 alone does not prove that the graph selects the objects: YOLOX and YOLOv5 with one class also
 * have 6 values per cell, and so do DeepStream's exports.
 *
 * @param classes the number of the user's labels, if there are any; it takes precedence over the metadata's names
 * @returns undefined if there is not exactly one table, or if it does not match the metadata
 */
export function tableOf(
  outputs: readonly OutputTensor[],
  size: ImageSize,
  facts: ModelFacts,
  classes?: number,
): Table | undefined {
  // With a list of labels or scores beside the table, its columns have another meaning.
  if (outputs.some(({ dims }) => dims.length < 3)) return undefined;
  const tables = outputs.filter(({ dims }) => dims.length === 3 && dims[0] === 1);
  const [table] = tables;
  if (table === undefined || tables.length > 1) return undefined;
  const { name: output, data } = table;
  const [, rows = 0, columns = 0] = table.dims;
  const extra = maskCoefficients(outputs, size) + facts.keypointValues;
  const named = [classes, facts.names?.length].filter((count) => count !== undefined);
  const shape = { data, rows, columns, extra };
  const corners = cornersOf(shape, size, facts.selected);
  if (corners === undefined) return undefined;
  const grid = corners === "declared" || corners === "perCell" ? undefined : gridOf(shape, size, named);
  return { output, ...shape, corners, grid };
}

type Shape = Pick<Table, "data" | "rows" | "columns" | "extra">;

/** @returns undefined if the metadata declares a selection that the table cannot be */
function cornersOf(
  { data, rows, columns, extra }: Shape,
  size: ImageSize,
  isSelected: boolean,
): Corners | undefined {
  const mayBeSelected = rows <= MAX_SELECTED_ROWS && columns === 6 + extra;
  if (isSelected) return mayBeSelected ? "declared" : undefined;
  const selected = columns === 6 + extra ? areSelected(data, columns) : "no";
  const isGrid = STRIDES.some((strides) =>
    [1, ANCHORS].some((anchors) => rows === anchors * cellCount(size, strides)),
  );
  if (selected === "yes" && extra === 0 && (isGrid || !mayBeSelected)) return "perCell";
  if (selected === "no" || !mayBeSelected) return "no";
  return selected === "yes" ? "perObject" : "unknown";
}

function gridOf(
  { data, rows, columns, extra }: Shape,
  size: ImageSize,
  named: readonly number[],
): Grid | undefined {
  const scoresInRows = rows - 4 - extra;
  const classes = columns - 5 - extra;
  for (const strides of STRIDES) {
    const cells = cellCount(size, strides);
    // An input of 64 pixels and 80 classes yield a square table. The number of names decides.
    const namesFit = rows !== cells || named.length === 0 || named.includes(scoresInRows);
    if (columns === cells && namesFit && scoresInRows >= 1)
      return { arrangement: "columns", cells, classes: scoresInRows };
    if (rows === cells * ANCHORS && classes >= 1) return { arrangement: "anchors", cells: rows, classes };
    if (rows !== cells || classes < 0) continue;
    const inPixels = areAroundCells(data, columns, strides, size) || reachBeyondCells(data, columns);
    const fifth = fifthOf(data, columns, classes, strides, inPixels, named);
    return fifth && { arrangement: "rows", cells, strides, inPixels, fifth, classes };
  }
  return undefined;
}

/** @returns undefined for the cells of an unsupported model */
function fifthOf(
  data: Table["data"],
  columns: number,
  classes: number,
  strides: readonly number[],
  inPixels: boolean,
  named: readonly number[],
): Extract<Grid, { arrangement: "rows" }>["fifth"] | undefined {
  const matching = named.find((count) => count === classes || count === classes + 1);
  if (matching === classes + 1) return "score";
  if (classes >= 1 && objectnessIsOne(data, columns)) return "constant objectness";
  if (matching === classes && classes >= 1) return "objectness";
  if (!inPixels) {
    // NanoDet-Plus has as many cells as a YOLOX with four strides, but no negative values.
    const isYolox = classes >= 1 && (strides.length < 4 || haveNegativeSizes(data, columns));
    return isYolox ? "objectness" : undefined;
  }
  if (classes === 0 || classes + 1 === cocoNames.length) return "score";
  return classes === cocoNames.length ? "objectness" : "unclear";
}

function cellCount({ width, height }: ImageSize, strides: readonly number[]): number {
  return strides.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);
}

/** Returns the number of mask coefficients after the class scores: that of the prototypes in the second output. */
function maskCoefficients(outputs: readonly OutputTensor[], { width, height }: ImageSize): number {
  const prototypes = outputs.find(
    ({ dims }) => dims.length === 4 && dims[2] === height / 4 && dims[3] === width / 4,
  );
  return prototypes?.dims[1] ?? 0;
}
