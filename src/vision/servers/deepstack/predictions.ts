import { isFields, numberOf, textOf } from "../../../core/fields";
import type { LabelledBox } from "../types";

/** More than any image has. */
const MAX_PREDICTIONS = 10_000;

/**
 * Reads the predictions of an answer.
 *
 * @returns undefined if they are not those of the dialect
 */
export function readPredictions(predictions: unknown): LabelledBox[] | undefined {
  if (!Array.isArray(predictions) || predictions.length > MAX_PREDICTIONS) return undefined;
  const boxes = (predictions as unknown[]).map(readPrediction);
  return boxes.every((box) => box !== undefined) ? boxes : undefined;
}

function readPrediction(prediction: unknown): LabelledBox | undefined {
  if (!isFields(prediction)) return undefined;
  const label = textOf(prediction, "label");
  const score = numberOf(prediction, "confidence");
  const [x, y] = [numberOf(prediction, "x_min"), numberOf(prediction, "y_min")];
  const [right, bottom] = [numberOf(prediction, "x_max"), numberOf(prediction, "y_max")];
  if (label === undefined || score === undefined || score < 0 || score > 1) return undefined;
  if (x === undefined || y === undefined || right === undefined || bottom === undefined) return undefined;
  if (right < x || bottom < y) return undefined;
  return { label, score, box: { x, y, width: right - x, height: bottom - y } };
}
