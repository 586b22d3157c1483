import { SurveillanceError } from "../../core/errors";
import type { ScoredCells } from "../families/family";
import { dataOf, type OutputTensor } from "../onnx/tensor";

/**
 * Whether every class has one and the same score in all cells although the boxes differ: the mark of an export whose
 * boxes (0..640) and scores (0..1) were quantised with one scale, which rounds every score to 0 (meituan/YOLOv6#969,
 * ultralytics#25045).
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
    `${name}: every class has one and the same score everywhere, whatever the image, so nothing would ever be ` +
      "found. That is what a static int8 quantisation does when boxes and scores share one scale.",
    {
      advice: "Leave the last layers out of the quantisation, quantise dynamically, or use the float model.",
    },
  );
}
