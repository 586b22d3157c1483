import type { NodeProperties } from "@node-red/editor-client";
import { prepareStreamSource } from "./shared/editor/stream-source";

interface Properties extends NodeProperties {
  name: string;
  source: string;
  url: string;
  device: string;
  channel: string;
  rtspPort: string;
  transport: string;
  fps: string;
  width: string;
  height: string;
  format: string;
  hwaccel: string;
  autostart: boolean;
  stallTimeout: string;
  maxBackoff: string;
  record: string;
  recordFolder: string;
  preRoll: string;
  postRoll: string;
  segment: string;
  keepGigabytes: string;
  audio: boolean;
  ffmpeg: string;
}

interface Credentials {
  username: string;
  password: string;
}

RED.nodes.registerType<Properties, Credentials>("rtsp-frames", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-rtsp-frames.svg",
  inputs: 1,
  outputs: 2,
  defaults: {
    name: { value: "" },
    source: { value: "url" },
    // An environment variable may hold the URL; with the other source it may be empty.
    url: { value: "", validate: (url: string) => /^(|rtsps?:\/\/.+|\$\{.+\}.*)$/i.test(url) },
    // Only where the stream is a device's: the editor must not ask everybody else for one.
    device: { value: "", type: "isapi-config", required: false },
    channel: { value: "101", validate: (text: string) => /^(\d{1,5}|\$\{.+\})?$/.test(text) },
    rtspPort: { value: "554", validate: RED.validators.number(true) },
    transport: { value: "tcp" },
    fps: { value: "1", required: true, validate: RED.validators.number() },
    width: { value: "", validate: RED.validators.number(true) },
    height: { value: "", validate: RED.validators.number(true) },
    format: { value: "jpeg" },
    hwaccel: { value: "" },
    autostart: { value: true },
    stallTimeout: { value: "10", validate: RED.validators.number(true) },
    maxBackoff: { value: "10", validate: RED.validators.number(true) },
    record: { value: "off" },
    recordFolder: { value: "" },
    preRoll: { value: "5", validate: RED.validators.number(true) },
    postRoll: { value: "10", validate: RED.validators.number(true) },
    segment: { value: "300", validate: RED.validators.number(true) },
    keepGigabytes: { value: "10", validate: RED.validators.number(true) },
    audio: { value: false },
    ffmpeg: { value: "" },
  },
  credentials: {
    username: { type: "text" },
    password: { type: "password" },
  },
  label() {
    return this.name || "rtsp frames";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "rtsp frames",
  outputLabels: ["pictures", "recordings"],
  oneditprepare() {
    // A node of an earlier version has none.
    const maxBackoff = $("#node-input-maxBackoff");
    if (!maxBackoff.val()) maxBackoff.val("10");
    const record = $("#node-input-record");
    record.on("change", () => {
      const chosen = String(record.val());
      $(".rtsp-frames-continuous").toggle(chosen === "segments");
      $(".rtsp-frames-kept").toggle(chosen !== "off");
    });
    // A node of an earlier version has no such settings.
    if (!record.val()) {
      record.val("off");
      const usual = { preRoll: "5", postRoll: "10", segment: "300", keepGigabytes: "10" };
      for (const [name, value] of Object.entries(usual)) $(`#node-input-${name}`).val(value);
    }
    record.trigger("change");
    prepareStreamSource();
  },
});
