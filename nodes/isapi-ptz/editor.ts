import type { NodeProperties } from "@node-red/editor-client";
import { isapiPtz } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber, matches } from "../kit/editor/validators";
import { offerChannels } from "../isapi/editor/channels";

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

const isWhole = isNumber({ min: 1, whole: true });

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
    device: { value: isapiPtz.device, type: "isapi-config", required: true },
    channel: { value: isapiPtz.channel, validate: matches(/^[1-9]\d{0,3}$/) },
    command: { value: isapiPtz.command },
    pan: { value: isapiPtz.pan, validate: isNumber() },
    tilt: { value: isapiPtz.tilt, validate: isNumber() },
    zoom: { value: isapiPtz.zoom, validate: isNumber() },
    speed: { value: isapiPtz.speed, validate: isNumber({ min: -100, max: 100 }) },
    duration: { value: isapiPtz.duration, validate: isNumber({ min: 0.05, max: 3600 }) },
    preset: { value: isapiPtz.preset, validate: isWhole },
    presetName: { value: isapiPtz.presetName },
    patrol: { value: isapiPtz.patrol, validate: isWhole },
  },
  label() {
    return this.name || "isapi ptz";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi ptz",
  oneditprepare() {
    showDefaults(this, isapiPtz);
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
