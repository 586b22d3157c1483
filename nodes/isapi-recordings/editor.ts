import { offerChannels } from "../isapi/editor/channels";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties>("isapi-recordings", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-recordings.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: setting(options.device),
    action: setting(options.action),
    track: setting(options.track),
    start: setting(options.start),
    end: setting(options.end),
    recordType: setting(options.recordType),
    output: setting(options.output),
    folder: setting(options.folder),
    format: setting(options.format),
    clock: setting(options.clock),
    rtspPort: setting(options.rtspPort),
    ffmpeg: setting(options.ffmpeg),
  },
  label() {
    return this.name || "isapi recordings";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi recordings",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    offerChannels($("#node-input-track"), $("#node-input-device"), { streams: true });
    const action = $("#node-input-action");
    const format = $("#node-input-format");
    const showFields = (): void => {
      const chosen = String(action.val());
      $(".isapi-recordings-search").toggle(chosen === "search");
      $(".isapi-recordings-find").toggle(chosen !== "playbackUrl");
      $(".isapi-recordings-download").toggle(chosen === "download");
      $(".isapi-recordings-play").toggle(chosen === "playbackUrl");
      $(".isapi-recordings-mp4").toggle(chosen === "download" && format.val() === "mp4");
    };
    action.on("change", showFields);
    format.on("change", showFields);
    showFields();
  },
});
