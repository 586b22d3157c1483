import type { NodeProperties } from "@node-red/editor-client";
import { prepareStreamSource } from "./shared/editor/stream-source";

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
    source: { value: "isapi" },
    // An environment variable may hold the URL; with the other source it may be empty.
    url: { value: "", validate: (url: string) => /^(|rtsps?:\/\/.+|\$\{.+\}.*)$/i.test(url) },
    // Only where the stream is a device's: the editor must not ask everybody else for one.
    device: { value: "", type: "isapi-config", required: false },
    channel: { value: "201", validate: (text: string) => /^(\d{1,5}|\$\{.+\})?$/.test(text) },
    rtspPort: { value: "554", validate: RED.validators.number(true) },
    enable: { value: true },
    transport: { value: "tcp" },
    autostart: { value: true },
    stallTimeout: { value: "10", validate: RED.validators.number(true) },
    maxBackoff: { value: "10", validate: RED.validators.number(true) },
    threshold: { value: "", validate: RED.validators.number(true) },
    endAfter: { value: "5", validate: RED.validators.number(true) },
    raw: { value: false },
    ffmpeg: { value: "" },
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
    // A node of an earlier version has none.
    const maxBackoff = $("#node-input-maxBackoff");
    if (!maxBackoff.val()) maxBackoff.val("10");
    prepareStreamSource();
  },
});
