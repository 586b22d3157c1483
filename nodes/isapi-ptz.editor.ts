import type { NodeProperties } from "@node-red/editor-client";
import { offerChannels } from "./shared/editor/isapi-devices";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  channel: string;
  command: string;
  pan: string;
  tilt: string;
  zoom: string;
  speed: string;
  duration: string;
  preset: string;
  presetName: string;
  patrol: string;
}

const isNumber = (text: string): boolean => /^(-?\d+(\.\d+)?|\$\{.+\})?$/.test(text);
const isWhole = (text: string): boolean => /^(\d+|\$\{.+\})?$/.test(text);

/** What a command needs to be told. */
const rows: Readonly<Record<string, readonly string[]>> = {
  continuous: ["pan", "tilt", "zoom", "duration"],
  momentary: ["pan", "tilt", "zoom", "duration"],
  absolute: ["pan", "tilt", "zoom"],
  relative: ["pan", "tilt", "zoom"],
  focus: ["speed", "duration"],
  iris: ["speed", "duration"],
  left: ["speed", "duration"],
  right: ["speed", "duration"],
  up: ["speed", "duration"],
  down: ["speed", "duration"],
  zoomIn: ["speed", "duration"],
  zoomOut: ["speed", "duration"],
  gotoPreset: ["preset"],
  setPreset: ["preset", "presetName"],
  startPatrol: ["patrol"],
  stopPatrol: ["patrol"],
};
const all = ["pan", "tilt", "zoom", "speed", "duration", "preset", "presetName", "patrol"];

RED.nodes.registerType<Properties>("isapi-ptz", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-ptz.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: "", type: "isapi-config", required: true },
    channel: { value: "1", validate: (text: string) => /^([1-9]\d{0,3}|\$\{.+\})$/.test(text) },
    command: { value: "gotoPreset" },
    pan: { value: "", validate: isNumber },
    tilt: { value: "", validate: isNumber },
    zoom: { value: "", validate: isNumber },
    speed: { value: "50", validate: isNumber },
    duration: { value: "1", validate: isNumber },
    preset: { value: "1", validate: isWhole },
    presetName: { value: "" },
    patrol: { value: "1", validate: isWhole },
  },
  label() {
    return this.name || "isapi ptz";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi ptz",
  oneditprepare() {
    offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: false });
    const command = $("#node-input-command");
    const show = (): void => {
      const chosen = String(command.val());
      for (const row of all) $(`#isapi-ptz-${row}`).toggle(rows[chosen]?.includes(row) ?? false);
      const kind = chosen === "absolute" ? "absolutePanTilt" : chosen;
      for (const axis of ["pan", "tilt", "zoom"]) {
        const key = axis === "zoom" && chosen === "absolute" ? "absoluteZoom" : kind;
        if (rows[chosen]?.includes(axis) === true)
          $(`#node-input-${axis}`).attr("placeholder", this._(`placeholder.${key}`));
      }
    };
    command.on("change", show);
    show();
  },
});
