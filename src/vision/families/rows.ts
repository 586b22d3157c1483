/**
 * What the numbers of a detector's table say about their meaning, where names and dimensions fit several families. Each
 * function looks at all rows.
 */
import type { ImageSize } from "../../media/frame";
import type { OutputTensor } from "../onnx/tensor";

type Data = OutputTensor["data"];

/** Of boxes that a network makes up where nothing is, a few may be turned inside out by rounding. */
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

/** Whether a column holds nothing but whole numbers, as class ids are. */
export function isWhole(data: Data, rowLength: number, column: number): boolean {
  for (let at = column; at < data.length; at += rowLength) if (!Number.isInteger(data[at])) return false;
  return true;
}

/** The largest value of a column. */
export function highest(data: Data, rowLength: number, column: number): number {
  let high = -Infinity;
  for (let at = column; at < data.length; at += rowLength) high = Math.max(high, data[at] ?? 0);
  return high;
}

/**
 * Whether rows are x1, y1, x2, y2, score, class in pixels: `unknown` where all boxes are empty, as in a selection that
 * has found nothing.
 */
export function areSelected(data: Data, rowLength: number): "yes" | "no" | "unknown" {
  const rows = rowsOf(data, rowLength);
  const value = (row: number, column: number): number => data[row * rowLength + column] ?? 0;
  const far = Math.max(...[0, 1, 2, 3].map((column) => highest(data, rowLength, column)));
  if (!isWhole(data, rowLength, 5) || highest(data, rowLength, 4) > 1.001) return "no";
  if (far <= 0) return "unknown";
  // Boxes in parts of the image would be of a pixel at most.
  if (far <= 1.5) return "no";
  const ordered = shareOf(
    rows,
    (row) => value(row, 2) >= value(row, 0) - 1 && value(row, 3) >= value(row, 1) - 1,
  );
  return ordered >= NEARLY_ALL ? "yes" : "no";
}

/** Whether nearly every cell has a box in pixels around itself. YOLOX' own numbers are offsets and logarithms. */
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

/** Offsets in cells and logarithms of sizes stay far below 64; pixels do not. */
export function reachBeyondCells(data: Data, rowLength: number): boolean {
  return [0, 1, 2, 3].some((column) => highest(data, rowLength, column) > 64);
}

/** Logarithms of sizes: below 0 where a box is smaller than its cell. */
export function haveNegativeSizes(data: Data, rowLength: number): boolean {
  for (let row = 0; row < data.length; row += rowLength)
    if ((data[row + 2] ?? 0) < 0 || (data[row + 3] ?? 0) < 0) return true;
  return false;
}

/** YOLOv6 writes a constant 1 where YOLOX has its objectness. */
export function objectnessIsOne(data: Data, rowLength: number): boolean {
  for (let at = 4; at < data.length; at += rowLength) if (data[at] !== 1) return false;
  return true;
}
