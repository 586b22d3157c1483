import type { NodeProperties } from "@node-red/editor-client";

interface Properties extends NodeProperties {
  name: string;
  source: string;
  url: string;
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
      $(".rtsp-frames-url").toggle(source.val() !== "msg");
    });
    source.trigger("change");
  },
});
