import { offerChannels } from "../isapi/editor/channels";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf, type Options } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

/** The settings that depend on the command. */
const dependent = Object.entries(options as Options).filter(([, { when }]) => when?.option === "command");

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
      for (const [name, { when }] of dependent)
        $(`#isapi-ptz-${name}`).toggle(when?.values.includes(chosen) === true);
      const kind = chosen === "absolute" ? "absolutePanTilt" : chosen;
      for (const axis of ["pan", "tilt", "zoom"]) {
        const key = axis === "zoom" && chosen === "absolute" ? "absoluteZoom" : kind;
        if (options.pan.when?.values.includes(chosen) === true)
          $(`#node-input-${axis}`).attr("placeholder", this._(`placeholder.${key}`));
      }
    };
    command.on("change", show);
    show();
  },
});
