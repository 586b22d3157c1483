import type { NodeProperties } from "@node-red/editor-client";

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
    // What is plainly no ONNX file; the node says how one is made.
    model: {
      value: "",
      required: true,
      validate: (model: string) => !/\.(pt|pth|engine|trt|tflite|safetensors)$/i.test(model),
    },
    labels: { value: "" },
    confidence: { value: "0.25", validate: RED.validators.number(true) },
    iou: { value: "0.45", validate: RED.validators.number(true) },
    classes: { value: "" },
    maxDetections: { value: "300", validate: RED.validators.number(true) },
    workers: { value: "1", validate: RED.validators.number(true) },
    threads: { value: "", validate: RED.validators.number(true) },
    provider: { value: "cpu" },
    queue: { value: "latest" },
    queueSize: { value: "10", validate: RED.validators.number(true) },
  },
  label() {
    const { name = "", model } = this;
    if (name !== "") return name;
    return model === "" ? "yolo-detect" : fileName(model);
  },
  labelStyle() {
    const { name = "" } = this;
    return name === "" ? "" : "node_label_italic";
  },
  paletteLabel: "yolo detect",
  oneditprepare() {
    const queue = $("#node-input-queue");
    queue.on("change", () => {
      $(".node-row-queueSize").toggle(queue.val() === "fifo");
    });
    queue.trigger("change");
  },
});

/** The model's file without folder and ending. */
function fileName(path: string): string {
  return (path.split(/[\\/]/).pop() ?? "").replace(/\.onnx$/i, "");
}
