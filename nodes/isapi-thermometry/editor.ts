import type { NodeProperties } from "@node-red/editor-client";
import { isapiThermometry } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { matches } from "../kit/editor/validators";
import { offerChannels } from "../isapi/editor/channels";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  channel: string;
  mode: string;
  raw: boolean;
}

RED.nodes.registerType<Properties>("isapi-thermometry", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-thermometry.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: isapiThermometry.device, type: "isapi-config", required: true },
    channel: { value: isapiThermometry.channel, validate: matches(/^[1-9]\d{0,3}$/) },
    mode: { value: isapiThermometry.mode },
    raw: { value: isapiThermometry.raw },
  },
  label() {
    return this.name || "isapi thermometry";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi thermometry",
  oneditprepare() {
    showDefaults(this, isapiThermometry);
    offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: false });
    const mode = $("#node-input-mode");
    const showRaw = (): void => {
      $("#isapi-thermometry-raw").toggle(mode.val() === "realtime");
    };
    mode.on("change", showRaw);
    showRaw();
  },
});
