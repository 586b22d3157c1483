import { SurveillanceError } from "../../core/errors";
import { dataOf, type OutputTensor } from "../onnx/tensor";
import type { Candidate } from "./family";

/** Rows of x1, y1, x2, y2 in pixels of the input, a score and a class: where these are. */
export interface SelectedRows {
  output: string;
  rowLength: number;
  /** Columns: of x1, of the score, of the class. */
  box: number;
  score: number;
  classId: number;
}

/** @throws {SurveillanceError} YOLO_UNSUPPORTED_MODEL for rows that are not objects */
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

/** A selection that was empty when the model was loaded turns out to have other columns. */
function notSelected(output: string): SurveillanceError {
  return new SurveillanceError(
    "YOLO_UNSUPPORTED_MODEL",
    `The rows of the output ${output} are not boxes with a score and a class.`,
    { advice: "Export the model again, without its own selection of objects (nms=False)." },
  );
}
