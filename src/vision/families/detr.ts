import type { InputStyle } from "../input/input-buffer";
import { dataOf, type OutputTensor } from "../onnx/tensor";
import type { Candidate, ModelFormat, ModelRun } from "./family";

/** RT-DETR, D-FINE, DEIM: three outputs with corners, scores and classes. Each object occurs once. */
export class Detr implements ModelFormat {
  static readonly models = "RT-DETR, D-FINE, DEIM";
  readonly family = "detr";
  /** D-FINE and DEIMv2 tools/inference/onnx_inf.py: a black border. */
  readonly input: InputStyle = { order: "rgb", range: "unit", pad: 0, placement: "centre" };
  readonly hasOverlaps = false;

  static recognise({ outputs, findsBoxes }: ModelRun): Detr | undefined {
    const named = new Set(outputs.map(({ name }) => name));
    return findsBoxes && ["labels", "boxes", "scores"].every((name) => named.has(name))
      ? new Detr()
      : undefined;
  }

  decode(outputs: readonly OutputTensor[], confidence: number): Candidate[] {
    const labels = dataOf(outputs, "labels");
    const boxes = dataOf(outputs, "boxes");
    const found: Candidate[] = [];
    dataOf(outputs, "scores").forEach((score, index) => {
      if (score <= confidence) return;
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.subarray(index * 4, index * 4 + 4);
      found.push({ x1, y1, x2, y2, score, classId: labels[index] ?? 0 });
    });
    return found;
  }
}
