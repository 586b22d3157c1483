import { SurveillanceError } from "../../core/errors";
import { dataOf, type OutputTensor } from "../onnx/tensor";
import type { Candidate } from "./family";

/** The columns of rows with x1, y1, x2, y2 in pixels of the input, a score and a class. */
export interface SelectedRows {
  output: string;
  rowLength: number;
  /** The column of x1. */
  box: number;
  score: number;
  classId: number;
}

/**
 * Reads the objects above a score.
 *
 * @throws {SurveillanceError} YOLO_UNSUPPORTED_MODEL for rows that are not objects
 */
export function decodeRows(
  { output, rowLength, box, score, classId }: SelectedRows,
  outputs: readonly OutputTensor[],
  confidence: number,
): Candidate[] {
  const data = dataOf(outputs, output);
  const found: Candidate[] = [];
  for (let row = 0; row + rowLength <= data.length; row += rowLength) {
    const value = (index: number): number => data[row + index] ?? 0;
    if (value(score) <= confidence) continue;
    if (!Number.isInteger(value(classId)) || value(score) > 1.001) throw notSelected(output);
    found.push({
      x1: value(box),
      y1: value(box + 1),
      x2: value(box + 2),
      y2: value(box + 3),
      score: value(score),
      classId: value(classId),
    });
  }
  return found;
}

/** The error for columns with another meaning. A selection that was empty in the test run can turn out to be one. */
function notSelected(output: string): SurveillanceError {
  return new SurveillanceError(
    "YOLO_UNSUPPORTED_MODEL",
    `The rows of the output ${output} do not contain a box, a score and a class.`,
    { advice: "Export the model again without built-in selection of objects (nms=False)." },
  );
}
