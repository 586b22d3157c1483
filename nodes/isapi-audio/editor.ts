import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties>("isapi-audio", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-audio.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: setting(options.device),
    channel: setting(options.channel),
    action: setting(options.action),
    volume: setting(options.volume),
    file: setting(options.file),
    takeOver: setting(options.takeOver),
    ffmpeg: setting(options.ffmpeg),
  },
  label() {
    return this.name || "isapi audio";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi audio",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    const action = $("#node-input-action");
    const showFields = (): void => {
      const chosen = String(action.val());
      $(".isapi-audio-play").toggle(chosen === "play");
      $(".isapi-audio-open").toggle(chosen === "play" || chosen === "open");
      $(".isapi-audio-volume").toggle(chosen === "volume");
    };
    action.on("change", showFields);
    showFields();
  },
});
