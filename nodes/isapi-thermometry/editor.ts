import { offerChannels } from "../isapi/editor/channels";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties>("isapi-thermometry", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-thermometry.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: setting(options.device),
    channel: setting(options.channel),
    mode: setting(options.mode),
    raw: setting(options.raw),
  },
  label() {
    return this.name || "isapi thermometry";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi thermometry",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: false });
    const mode = $("#node-input-mode");
    const showRaw = (): void => {
      $("#isapi-thermometry-raw").toggle(mode.val() === "realtime");
    };
    mode.on("change", showRaw);
    showRaw();
  },
});
