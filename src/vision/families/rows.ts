/**
 * Functions that derive the meaning of a table's columns from its numbers, for names and dimensions that fit several
 * families. Each function checks all rows.
 */
import type { ImageSize } from "../../media/frame";
import type { OutputTensor } from "../onnx/tensor";

type Data = OutputTensor["data"];

/** A few boxes of empty cells may be inverted by rounding. */
const NEARLY_ALL = 0.99;
const MOST = 0.9;

function rowsOf(data: Data, rowLength: number): number {
  return Math.floor(data.length / rowLength);
}

function shareOf(rows: number, fits: (row: number) => boolean): number {
  let count = 0;
  for (let row = 0; row < rows; row++) if (fits(row)) count++;
  return count / rows;
}

/** Tells whether a column contains only integers, as class ids are. */
export function isWhole(data: Data, rowLength: number, column: number): boolean {
  for (let at = column; at < data.length; at += rowLength) if (!Number.isInteger(data[at])) return false;
  return true;
}

/** Returns the largest value of a column. */
export function highest(data: Data, rowLength: number, column: number): number {
  let high = -Infinity;
  for (let at = column; at < data.length; at += rowLength) high = Math.max(high, data[at] ?? 0);
  return high;
}

/**
 * Tells whether rows are x1, y1, x2, y2, score, class in pixels. `unknown` if all boxes are empty, as in a selection
 * without objects.
 */
export function areSelected(data: Data, rowLength: number): "yes" | "no" | "unknown" {
  const rows = rowsOf(data, rowLength);
  const value = (row: number, column: number): number => data[row * rowLength + column] ?? 0;
  const far = Math.max(...[0, 1, 2, 3].map((column) => highest(data, rowLength, column)));
  if (!isWhole(data, rowLength, 5) || highest(data, rowLength, 4) > 1.001) return "no";
  if (far <= 0) return "unknown";
  // Boxes in 0..1 of the image would not exceed one pixel.
  if (far <= 1.5) return "no";
  const ordered = shareOf(
    rows,
    (row) => value(row, 2) >= value(row, 0) - 1 && value(row, 3) >= value(row, 1) - 1,
  );
  return ordered >= NEARLY_ALL ? "yes" : "no";
}

/** Tells whether most cells have a box in pixels around them. YOLOX itself uses offsets and logarithms. */
export function areAroundCells(
  data: Data,
  rowLength: number,
  strides: readonly number[],
  size: ImageSize,
): boolean {
  const fits: boolean[] = [];
  let at = 0;
  for (const stride of strides) {
    const columns = Math.floor(size.width / stride);
    const cells = columns * Math.floor(size.height / stride);
    for (let cell = 0; cell < cells; cell++, at += rowLength) {
      const [cx = 0, cy = 0, w = 0, h = 0] = data.subarray(at, at + 4);
      const x = ((cell % columns) + 0.5) * stride;
      const y = (Math.floor(cell / columns) + 0.5) * stride;
      fits.push(w > 0 && h > 0 && Math.abs(cx - x) <= 2.5 * stride && Math.abs(cy - y) <= 2.5 * stride);
    }
  }
  return shareOf(fits.length, (cell) => fits[cell] ?? false) >= MOST;
}

/** Tells whether boxes are in pixels: offsets in cells and logarithms of sizes stay far below 64. */
export function reachBeyondCells(data: Data, rowLength: number): boolean {
  return [0, 1, 2, 3].some((column) => highest(data, rowLength, column) > 64);
}

/** Tells whether a size is negative: it is a logarithm then, of a box smaller than its cell. */
export function haveNegativeSizes(data: Data, rowLength: number): boolean {
  for (let row = 0; row < data.length; row += rowLength)
    if ((data[row + 2] ?? 0) < 0 || (data[row + 3] ?? 0) < 0) return true;
  return false;
}

/** Tells whether the fifth value is always 1, as in YOLOv6. YOLOX has its objectness there. */
export function objectnessIsOne(data: Data, rowLength: number): boolean {
  for (let at = 4; at < data.length; at += rowLength) if (data[at] !== 1) return false;
  return true;
}
