import { detectorDefaults, providers, queuePolicies } from "../../src/vision/model-types";
import { choice, list, number, text } from "../kit/option-kinds";

export const options = {
  /** Path of an .onnx file. The dialog refuses extensions of other formats. The node's error describes the export. */
  model: text("", { required: true, pattern: /^(?!.*\.(pt|pth|engine|trt|tflite|safetensors)$)/i }),
  /** Names by class id, separated by commas, or the path of a text file. Default: the names in the model. */
  labels: text(""),
  confidence: number(detectorDefaults.confidence, { min: 0, max: 1 }),
  iou: number(detectorDefaults.iou, { min: 0, max: 1 }),
  /** Labels or class ids; all if empty. */
  classes: list(),
  maxDetections: number(detectorDefaults.maxDetections, { min: 1, max: 10_000, whole: true }),
  workers: number(detectorDefaults.workers, { min: 1, max: 16, whole: true }),
  /** Blank: half of the cores. */
  threads: number("", { min: 1, max: 64, whole: true }),
  provider: choice(detectorDefaults.provider, providers),
  queue: choice(detectorDefaults.queue, queuePolicies),
  queueSize: number(detectorDefaults.queueSize, { min: 1, max: 1000, whole: true }),
};
