import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { fieldOf, isChosen, matches, type Field } from "../kit/editor/validators";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

const isOnnx = matches(options.model.pattern ?? /^/);

/** Validates the model: only the servers work without a file. */
function isModel(this: object, model: Field): boolean {
  return isOnnx(model) && (fieldOf(this, "runsOn") === "server" || String(model ?? "").trim() !== "");
}

function isServer(this: object, id: Field): boolean {
  return fieldOf(this, "runsOn") !== "server" || isChosen(id);
}

RED.nodes.registerType<Properties>("yolo-detect", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-yolo-detect.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    runsOn: setting(options.runsOn),
    inferenceServer: setting(options.inferenceServer, isServer),
    fallback: setting(options.fallback),
    model: setting(options.model, isModel),
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
    const runsOn = $("#node-input-runsOn");
    runsOn.on("change", () => {
      $(".node-row-server").toggle(runsOn.val() === "server");
      $("#node-input-model, #node-input-inferenceServer").trigger("change");
    });
    runsOn.trigger("change");
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
