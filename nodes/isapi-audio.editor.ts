import type { NodeProperties } from "@node-red/editor-client";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  channel: string;
  action: string;
  volume: string;
  file: string;
  takeOver: boolean;
  ffmpeg: string;
}

RED.nodes.registerType<Properties>("isapi-audio", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-audio.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: "", type: "isapi-config", required: true },
    channel: { value: "1", validate: (text: string) => /^(\d{1,3}|\$\{.+\})?$/.test(text) },
    action: { value: "play" },
    volume: { value: "", validate: (text: string) => /^(\d{1,2}|100|\$\{.+\})?$/.test(text) },
    file: { value: "" },
    takeOver: { value: false },
    ffmpeg: { value: "" },
  },
  label() {
    return this.name || "isapi audio";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi audio",
  oneditprepare() {
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
