import { SurveillanceError } from "../../core/errors";
import type { ScoredCells } from "../families/family";
import { dataOf, type OutputTensor } from "../onnx/tensor";

/**
 * Tells whether every class has the same score in all cells although the boxes differ. It happens if boxes (0..640) and
 * scores (0..1) were quantised with one scale, which rounds every score to 0 (meituan/YOLOv6#969, ultralytics#25045).
 */
export function scoresAreFlat(cells: ScoredCells, outputs: readonly OutputTensor[]): boolean {
  const { output, cells: count, cellStep, valueStep, scores } = cells;
  const data = dataOf(outputs, output);
  const isFlat = (value: number): boolean => {
    const start = value * valueStep;
    for (let cell = 1; cell < count; cell++) if (data[start + cell * cellStep] !== data[start]) return false;
    return true;
  };
  const values = Array.from({ length: 4 + scores }, (_, value) => value);
  return count > 1 && values.slice(4).every(isFlat) && !values.slice(0, 4).every(isFlat);
}

export function badExportError(name: string): SurveillanceError {
  return new SurveillanceError(
    "YOLO_BAD_EXPORT",
    `${name}: every class has the same score for every image, so the model can never detect anything. ` +
      "A static int8 quantisation does this if boxes and scores share one scale.",
    {
      advice:
        "Exclude the last layers from the quantisation, use dynamic quantisation, or use the float model.",
    },
  );
}
