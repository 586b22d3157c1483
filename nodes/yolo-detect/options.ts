import { detectorDefaults, providers, queuePolicies } from "../../src/vision/model-types";
import { choice, flag, list, number, reference, text, when } from "../kit/option-kinds";

export const options = {
  runsOn: choice("here", ["here", "server"]),
  inferenceServer: when("runsOn", ["server"], reference("inference-server")),
  /** While no server is ready, the model below runs on this computer, if there is one. */
  fallback: when("runsOn", ["server"], flag(true)),
  /** Path of an .onnx file. The dialog refuses extensions of other formats. The node's error describes the export. */
  model: text("", { pattern: /^(?!.*\.(pt|pth|engine|trt|tflite|safetensors)$)/i }),
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
