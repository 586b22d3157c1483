import type { NodeProperties } from "@node-red/editor-client";
import { offerChannels } from "./shared/editor/isapi-devices";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  channel: string;
  stream: string;
  width: string;
  height: string;
}

const isPixels = (text: string): boolean => /^(\d{2,5}|\$\{.+\})?$/.test(text);

RED.nodes.registerType<Properties>("isapi-snapshot", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-snapshot.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: "", type: "isapi-config", required: true },
    channel: { value: "101", validate: (text: string) => /^(\d{1,5}|\$\{.+\})$/.test(text) },
    stream: { value: "main" },
    width: { value: "", validate: isPixels },
    height: { value: "", validate: isPixels },
  },
  label() {
    return this.name || "isapi snapshot";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi snapshot",
  oneditprepare() {
    const channel = $("#node-input-channel");
    offerChannels(channel, $("#node-input-device"), { streams: true });
    // 101 names its stream already.
    const showStream = (): void => {
      $("#isapi-snapshot-stream").toggle(Number(channel.val()) < 100);
    };
    channel.on("input change", showStream);
    showStream();
  },
});
