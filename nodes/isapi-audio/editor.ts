import type { NodeProperties } from "@node-red/editor-client";
import { isapiAudio } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber, matches } from "../kit/editor/validators";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  channel: string;
  action: string;
  volume: string;
  file: string;
  takeOver: boolean;
  ffmpeg: string;
}

RED.nodes.registerType<Properties>("isapi-audio", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-audio.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: isapiAudio.device, type: "isapi-config", required: true },
    channel: { value: isapiAudio.channel, validate: matches(/^(\d{1,3})?$/) },
    action: { value: isapiAudio.action },
    volume: { value: isapiAudio.volume, validate: isNumber({ min: 0, max: 100, whole: true }) },
    file: { value: isapiAudio.file },
    takeOver: { value: isapiAudio.takeOver },
    ffmpeg: { value: isapiAudio.ffmpeg },
  },
  label() {
    return this.name || "isapi audio";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi audio",
  oneditprepare() {
    showDefaults(this, isapiAudio);
    const action = $("#node-input-action");
    const showFields = (): void => {
      const chosen = String(action.val());
      $(".isapi-audio-play").toggle(chosen === "play");
      $(".isapi-audio-open").toggle(chosen === "play" || chosen === "open");
      $(".isapi-audio-volume").toggle(chosen === "volume");
    };
    action.on("change", showFields);
    showFields();
  },
});
