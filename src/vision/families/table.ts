/** The facts that tell the families with one table of numbers apart. */
import type { ImageSize } from "../../media/frame";
import { cocoNames } from "../labels";
import type { ModelFacts } from "../onnx/model-facts";
import type { OutputTensor } from "../onnx/tensor";
import { areAroundCells, areSelected, haveNegativeSizes, objectnessIsOne, reachBeyondCells } from "./rows";

/** An output of one row and several columns per object, or the other way round. */
export interface Table {
  output: string;
  data: OutputTensor["data"];
  rows: number;
  columns: number;
  /** How many values follow the class scores of an object: mask coefficients and key points. */
  extra: number;
  /** Whether the rows are x1, y1, x2, y2, score, class, and of what. */
  corners: Corners;
  /** It holds one entry for each cell of a known grid, and its rows are not corners. */
  grid: Grid | undefined;
}

/**
 * `declared`: of selected objects, as the exporter says. `perObject`, `perCell`: as the numbers say. `unknown`: all boxes
 * are empty, as in a selection that has found nothing.
 */
type Corners = "declared" | "perObject" | "perCell" | "unknown" | "no";

/** How the cells of a detection head lie in a table. */
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
      /** The boxes are in pixels. Otherwise they are offsets in cells and logarithms of sizes. */
      inPixels: boolean;
      /** What the fifth value of a cell is, by names and numbers: the first class score, or an objectness. */
      fifth: "score" | "objectness" | "constant objectness" | "unclear";
      /** Without the objectness, if the fifth value is one. */
      classes: number;
    };

/** The grids in use: three scales, with P6 or P2, and the two scales of the tiny v3. */
const STRIDES: readonly (readonly number[])[] = [
  [8, 16, 32],
  [8, 16, 32, 64],
  [4, 8, 16, 32],
  [16, 32],
];
const ANCHORS = 3;
/** A selection is of at most so many objects; a table with more rows has one for each cell. */
const MAX_SELECTED_ROWS = 1000;

/**
 * The one table among the outputs of a run.
 *
 * A last dimension of 6 alone does not mean that the graph selects the objects itself: YOLOX and YOLOv5 with one class
 * have 6 values per cell, too, and so have DeepStream's exports.
 *
 * @param classes how many classes the user named, where they did; the metadata's names count after it
 * @returns undefined when there is none, or more than one, or not what the metadata declares
 */
export function tableOf(
  outputs: readonly OutputTensor[],
  size: ImageSize,
  facts: ModelFacts,
  classes?: number,
): Table | undefined {
  // A list of labels or scores beside the table: its columns are others than those of a table that stands alone.
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

/** @returns undefined when the exporter declares a selection that the table cannot be */
function cornersOf(
  { data, rows, columns, extra }: Shape,
  size: ImageSize,
  isSelected: boolean,
): Corners | undefined {
  const mayBeSelected = rows <= MAX_SELECTED_ROWS && columns === 6 + extra;
  if (isSelected) return mayBeSelected ? "declared" : undefined;
  const areThey = columns === 6 + extra ? areSelected(data, columns) : "no";
  const isGrid = STRIDES.some((strides) =>
    [1, ANCHORS].some((anchors) => rows === anchors * cellCount(size, strides)),
  );
  if (areThey === "yes" && extra === 0 && (isGrid || !mayBeSelected)) return "perCell";
  if (areThey === "no" || !mayBeSelected) return "no";
  return areThey === "yes" ? "perObject" : "unknown";
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
    // 64 pixels and 80 classes make a square table: the number of names decides.
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

/** @returns undefined for cells of another kind */
function fifthOf(
  data: Table["data"],
  columns: number,
  classes: number,
  strides: readonly number[],
  inPixels: boolean,
  named: readonly number[],
): Extract<Grid, { arrangement: "rows" }>["fifth"] | undefined {
  const told = named.find((count) => count === classes || count === classes + 1);
  if (told === classes + 1) return "score";
  if (classes >= 1 && objectnessIsOne(data, columns)) return "constant objectness";
  if (told === classes && classes >= 1) return "objectness";
  if (!inPixels) {
    // NanoDet-Plus has as many cells as a YOLOX with four strides, but nothing below 0.
    const isYolox = classes >= 1 && (strides.length < 4 || haveNegativeSizes(data, columns));
    return isYolox ? "objectness" : undefined;
  }
  if (classes === 0 || classes + 1 === cocoNames.length) return "score";
  return classes === cocoNames.length ? "objectness" : "unclear";
}

function cellCount({ width, height }: ImageSize, strides: readonly number[]): number {
  return strides.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);
}

/** A segmentation model has a second output of mask prototypes, and as many coefficients behind the class scores. */
function maskCoefficients(outputs: readonly OutputTensor[], { width, height }: ImageSize): number {
  const prototypes = outputs.find(
    ({ dims }) => dims.length === 4 && dims[2] === height / 4 && dims[3] === width / 4,
  );
  return prototypes?.dims[1] ?? 0;
}
