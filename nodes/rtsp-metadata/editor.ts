import type { NodeProperties } from "@node-red/editor-client";
import { rtspMetadata } from "../kit/defaults";
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
  enable: boolean;
  transport: string;
  autostart: boolean;
  stallTimeout: string;
  maxBackoff: string;
  threshold: string;
  endAfter: string;
  raw: boolean;
  ffmpeg: string;
}

interface Credentials {
  username: string;
  password: string;
}

RED.nodes.registerType<Properties, Credentials>("rtsp-metadata", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-rtsp-metadata.svg",
  inputs: 1,
  outputs: 2,
  defaults: {
    name: { value: "" },
    source: { value: rtspMetadata.source },
    url: { value: rtspMetadata.url, validate: isStreamUrl },
    device: { value: rtspMetadata.device, type: "isapi-config", validate: isStreamDevice },
    channel: { value: rtspMetadata.channel, validate: matches(/^(\d{1,5})?$/) },
    rtspPort: { value: rtspMetadata.rtspPort, validate: isNumber({ min: 1, max: 65_535, whole: true }) },
    enable: { value: rtspMetadata.enable },
    transport: { value: rtspMetadata.transport },
    autostart: { value: rtspMetadata.autostart },
    stallTimeout: { value: rtspMetadata.stallTimeout, validate: isNumber({ min: 1, max: 3600 }) },
    maxBackoff: { value: rtspMetadata.maxBackoff, validate: isNumber({ min: 1, max: 3600 }) },
    threshold: { value: rtspMetadata.threshold, validate: isNumber({ min: -273.15, max: 10_000 }) },
    endAfter: { value: rtspMetadata.endAfter, validate: isNumber({ min: 1, max: 86_400 }) },
    raw: { value: rtspMetadata.raw },
    ffmpeg: { value: rtspMetadata.ffmpeg },
  },
  credentials: {
    username: { type: "text" },
    password: { type: "password" },
  },
  label() {
    return this.name || "rtsp metadata";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "rtsp metadata",
  outputLabels: ["documents", "events"],
  oneditprepare() {
    showDefaults(this, rtspMetadata);
    prepareStreamSource();
  },
});
