import type { NodeProperties } from "@node-red/editor-client";
import { isapiRecordings } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber, matches } from "../kit/editor/validators";
import { offerChannels } from "../isapi/editor/channels";

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

RED.nodes.registerType<Properties>("isapi-recordings", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-recordings.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: isapiRecordings.device, type: "isapi-config", required: true },
    action: { value: isapiRecordings.action },
    track: { value: isapiRecordings.track, validate: matches(/^(\d{1,6})?$/) },
    start: { value: isapiRecordings.start },
    end: { value: isapiRecordings.end },
    recordType: { value: isapiRecordings.recordType, validate: matches(/^([A-Za-z][\w-]*)?$/) },
    output: { value: isapiRecordings.output },
    folder: { value: isapiRecordings.folder },
    format: { value: isapiRecordings.format },
    clock: { value: isapiRecordings.clock },
    rtspPort: { value: isapiRecordings.rtspPort, validate: isNumber({ min: 1, max: 65_535, whole: true }) },
    ffmpeg: { value: isapiRecordings.ffmpeg },
  },
  label() {
    return this.name || "isapi recordings";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi recordings",
  oneditprepare() {
    showDefaults(this, isapiRecordings);
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
