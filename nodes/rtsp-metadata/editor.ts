import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { isStreamDevice, isStreamUrl, prepareStreamSource } from "../rtsp/editor/stream-source";
import type { StreamLogin } from "../rtsp/stream-source";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties, StreamLogin>("rtsp-metadata", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-rtsp-metadata.svg",
  inputs: 1,
  outputs: 2,
  defaults: {
    name: { value: "" },
    source: setting(options.source),
    url: setting(options.url, isStreamUrl),
    device: setting(options.device, isStreamDevice),
    channel: setting(options.channel),
    rtspPort: setting(options.rtspPort),
    enable: setting(options.enable),
    allowedHosts: setting(options.allowedHosts),
    transport: setting(options.transport),
    autostart: setting(options.autostart),
    stallTimeout: setting(options.stallTimeout),
    maxBackoff: setting(options.maxBackoff),
    threshold: setting(options.threshold),
    endAfter: setting(options.endAfter),
    raw: setting(options.raw),
    ffmpeg: setting(options.ffmpeg),
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
    showDefaults(this, defaultsOf(options));
    prepareStreamSource();
  },
});
