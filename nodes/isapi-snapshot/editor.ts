import { offerChannels } from "../isapi/editor/channels";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties>("isapi-snapshot", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-snapshot.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: setting(options.device),
    channel: setting(options.channel),
    stream: setting(options.stream),
    width: setting(options.width),
    height: setting(options.height),
  },
  label() {
    return this.name || "isapi snapshot";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi snapshot",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    const channel = $("#node-input-channel");
    offerChannels(channel, $("#node-input-device"), { streams: true });
    // A number such as 101 contains the stream.
    const showStream = (): void => {
      $("#isapi-snapshot-stream").toggle(Number(channel.val()) < 100);
    };
    channel.on("input change", showStream);
    showStream();
  },
});
