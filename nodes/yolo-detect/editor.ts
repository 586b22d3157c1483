import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties>("yolo-detect", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-yolo-detect.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    model: setting(options.model),
    labels: setting(options.labels),
    confidence: setting(options.confidence),
    iou: setting(options.iou),
    classes: setting(options.classes),
    maxDetections: setting(options.maxDetections),
    workers: setting(options.workers),
    threads: setting(options.threads),
    provider: setting(options.provider),
    queue: setting(options.queue),
    queueSize: setting(options.queueSize),
  },
  label() {
    return [this.name, fileName(this.model)].find(Boolean) ?? "yolo detect";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "yolo detect",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    const queue = $("#node-input-queue");
    queue.on("change", () => {
      $(".node-row-queueSize").toggle(queue.val() === "fifo");
    });
    queue.trigger("change");
  },
});

/** Returns the name of the model's file without folder and extension. */
function fileName(path = ""): string {
  return (path.split(/[\\/]/).pop() ?? "").replace(/\.onnx$/i, "");
}
