import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { isStreamDevice, isStreamUrl, prepareStreamSource } from "../rtsp/editor/stream-source";
import type { StreamLogin } from "../rtsp/stream-source";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties, StreamLogin>("rtsp-frames", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-rtsp-frames.svg",
  inputs: 1,
  outputs: 2,
  defaults: {
    name: { value: "" },
    source: setting(options.source),
    url: setting(options.url, isStreamUrl),
    device: setting(options.device, isStreamDevice),
    channel: setting(options.channel),
    rtspPort: setting(options.rtspPort),
    allowedHosts: setting(options.allowedHosts),
    transport: setting(options.transport),
    fps: setting(options.fps),
    width: setting(options.width),
    height: setting(options.height),
    format: setting(options.format),
    hwaccel: setting(options.hwaccel),
    autostart: setting(options.autostart),
    stallTimeout: setting(options.stallTimeout),
    maxBackoff: setting(options.maxBackoff),
    record: setting(options.record),
    recordFolder: setting(options.recordFolder),
    preRoll: setting(options.preRoll),
    postRoll: setting(options.postRoll),
    segment: setting(options.segment),
    keepGigabytes: setting(options.keepGigabytes),
    audio: setting(options.audio),
    ffmpeg: setting(options.ffmpeg),
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
  outputLabels: ["images", "recordings"],
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
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
