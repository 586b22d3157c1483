import { offerChannels } from "../isapi/editor/channels";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

/** The rows of the form that each command needs. */
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
    device: setting(options.device),
    channel: setting(options.channel),
    command: setting(options.command),
    pan: setting(options.pan),
    tilt: setting(options.tilt),
    zoom: setting(options.zoom),
    speed: setting(options.speed),
    duration: setting(options.duration),
    preset: setting(options.preset),
    presetName: setting(options.presetName),
    patrol: setting(options.patrol),
  },
  label() {
    return this.name || "isapi ptz";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi ptz",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
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
