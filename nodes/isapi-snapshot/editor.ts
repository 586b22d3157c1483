import type { NodeProperties } from "@node-red/editor-client";
import { isapiSnapshot } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber, matches } from "../kit/editor/validators";
import { offerChannels } from "../isapi/editor/devices";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  channel: string;
  stream: string;
  width: string;
  height: string;
}

const isPixels = isNumber({ min: 16, max: 10_000, whole: true });

RED.nodes.registerType<Properties>("isapi-snapshot", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-snapshot.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: isapiSnapshot.device, type: "isapi-config", required: true },
    channel: { value: isapiSnapshot.channel, validate: matches(/^\d{1,5}$/) },
    stream: { value: isapiSnapshot.stream },
    width: { value: isapiSnapshot.width, validate: isPixels },
    height: { value: isapiSnapshot.height, validate: isPixels },
  },
  label() {
    return this.name || "isapi snapshot";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi snapshot",
  oneditprepare() {
    showDefaults(this, isapiSnapshot);
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
