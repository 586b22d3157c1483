import type { NodeProperties } from "@node-red/editor-client";
import { offerChannels } from "./shared/editor/isapi-devices";

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
  outputs: 1,
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
  oneditprepare() {
    const source = $("#node-input-source");
    source.on("change", () => {
      const chosen = String(source.val());
      $(".rtsp-frames-url").toggle(chosen === "url");
      $(".rtsp-frames-isapi").toggle(chosen === "isapi");
      $(".rtsp-frames-login").toggle(chosen !== "isapi");
      $(".rtsp-frames-autostart").toggle(chosen !== "msg");
    });
    offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: true });
    source.trigger("change");
  },
});
