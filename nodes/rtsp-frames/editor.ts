import type { NodeProperties } from "@node-red/editor-client";
import { rtspFrames } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber, matches } from "../kit/editor/validators";
import { isStreamDevice, isStreamUrl, prepareStreamSource } from "../rtsp/editor/stream-source";

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
    source: { value: rtspFrames.source },
    url: { value: rtspFrames.url, validate: isStreamUrl },
    device: { value: rtspFrames.device, type: "isapi-config", validate: isStreamDevice },
    channel: { value: rtspFrames.channel, validate: matches(/^(\d{1,5})?$/) },
    rtspPort: { value: rtspFrames.rtspPort, validate: isNumber({ min: 1, max: 65_535, whole: true }) },
    transport: { value: rtspFrames.transport },
    fps: { value: rtspFrames.fps, validate: isNumber({ min: 0, max: 60, blank: false }) },
    width: { value: rtspFrames.width, validate: isNumber({ min: 16, max: 8192, whole: true }) },
    height: { value: rtspFrames.height, validate: isNumber({ min: 16, max: 8192, whole: true }) },
    format: { value: rtspFrames.format },
    hwaccel: { value: rtspFrames.hwaccel },
    autostart: { value: rtspFrames.autostart },
    stallTimeout: { value: rtspFrames.stallTimeout, validate: isNumber({ min: 1, max: 3600 }) },
    maxBackoff: { value: rtspFrames.maxBackoff, validate: isNumber({ min: 1, max: 3600 }) },
    record: { value: rtspFrames.record },
    recordFolder: { value: rtspFrames.recordFolder },
    preRoll: { value: rtspFrames.preRoll, validate: isNumber({ min: 0, max: 600 }) },
    postRoll: { value: rtspFrames.postRoll, validate: isNumber({ min: 0, max: 600 }) },
    segment: { value: rtspFrames.segment, validate: isNumber({ min: 1, max: 86_400 }) },
    keepGigabytes: { value: rtspFrames.keepGigabytes, validate: isNumber({ min: 0 }) },
    audio: { value: rtspFrames.audio },
    ffmpeg: { value: rtspFrames.ffmpeg },
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
    showDefaults(this, rtspFrames);
    const record = $("#node-input-record");
    record.on("change", () => {
      const chosen = String(record.val());
      $(".rtsp-frames-continuous").toggle(chosen === "segments");
      $(".rtsp-frames-kept").toggle(chosen !== "off");
    });
    record.trigger("change");
    prepareStreamSource();
  },
});
