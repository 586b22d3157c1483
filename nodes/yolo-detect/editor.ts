import type { NodeProperties } from "@node-red/editor-client";
import { yoloDetect } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber, matches } from "../kit/editor/validators";

interface Properties extends NodeProperties {
  model: string;
  labels: string;
  confidence: string;
  iou: string;
  classes: string;
  maxDetections: string;
  workers: string;
  threads: string;
  provider: string;
  queue: string;
  queueSize: string;
}

RED.nodes.registerType<Properties>("yolo-detect", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-yolo-detect.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    // What is plainly not an ONNX file; the node says how to export one.
    model: {
      value: yoloDetect.model,
      required: true,
      validate: matches(/^(?!.*\.(pt|pth|engine|trt|tflite|safetensors)$)/i),
    },
    labels: { value: yoloDetect.labels },
    confidence: { value: yoloDetect.confidence, validate: isNumber({ min: 0, max: 1 }) },
    iou: { value: yoloDetect.iou, validate: isNumber({ min: 0, max: 1 }) },
    classes: { value: yoloDetect.classes },
    maxDetections: {
      value: yoloDetect.maxDetections,
      validate: isNumber({ min: 1, max: 10_000, whole: true }),
    },
    workers: { value: yoloDetect.workers, validate: isNumber({ min: 1, max: 16, whole: true }) },
    threads: { value: yoloDetect.threads, validate: isNumber({ min: 1, max: 64, whole: true }) },
    provider: { value: yoloDetect.provider },
    queue: { value: yoloDetect.queue },
    queueSize: { value: yoloDetect.queueSize, validate: isNumber({ min: 1, max: 1000, whole: true }) },
  },
  label() {
    return [this.name, fileName(this.model)].find(Boolean) ?? "yolo detect";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "yolo detect",
  oneditprepare() {
    showDefaults(this, yoloDetect);
    const queue = $("#node-input-queue");
    queue.on("change", () => {
      $(".node-row-queueSize").toggle(queue.val() === "fifo");
    });
    queue.trigger("change");
  },
});

/** The model's file without folder and ending. */
function fileName(path = ""): string {
  return (path.split(/[\\/]/).pop() ?? "").replace(/\.onnx$/i, "");
}
