import type { NodeProperties } from "@node-red/editor-client";
import { offerChannels } from "./shared/editor/isapi-devices";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  action: string;
  track: string;
  start: string;
  end: string;
  recordType: string;
  output: string;
  folder: string;
  format: string;
  clock: string;
  rtspPort: string;
  ffmpeg: string;
}

const isPort = (text: string): boolean => /^(\d{1,5}|\$\{.+\})?$/.test(text);

RED.nodes.registerType<Properties>("isapi-recordings", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-recordings.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: "", type: "isapi-config", required: true },
    action: { value: "search" },
    track: { value: "101", validate: (text: string) => /^(\d{1,6}|\$\{.+\})?$/.test(text) },
    start: { value: "" },
    end: { value: "" },
    recordType: { value: "all", validate: (text: string) => /^([A-Za-z][\w-]*|\$\{.+\})?$/.test(text) },
    output: { value: "list" },
    folder: { value: "" },
    format: { value: "original" },
    clock: { value: "device" },
    rtspPort: { value: "", validate: isPort },
    ffmpeg: { value: "" },
  },
  label() {
    return this.name || "isapi recordings";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi recordings",
  oneditprepare() {
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
