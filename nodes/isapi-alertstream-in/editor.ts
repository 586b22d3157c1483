import type { NodeProperties } from "@node-red/editor-client";
import { commonEventTypes } from "../../src/events/event-types";
import { isapiAlertstreamIn } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber } from "../kit/editor/validators";
import { offerChannels } from "../isapi/editor/devices";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  eventTypes: string;
  channels: string;
  targets: string;
  endAfter: string;
  updates: boolean;
  heartbeats: boolean;
  images: boolean;
  offlineEvents: boolean;
  maxBackoff: string;
  raw: boolean;
}

RED.nodes.registerType<Properties>("isapi-alertstream-in", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-alertstream-in.svg",
  inputs: 0,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: isapiAlertstreamIn.device, type: "isapi-config", required: true },
    eventTypes: { value: isapiAlertstreamIn.eventTypes },
    channels: { value: isapiAlertstreamIn.channels },
    targets: { value: isapiAlertstreamIn.targets },
    endAfter: { value: isapiAlertstreamIn.endAfter, validate: isNumber({ min: 0, max: 86_400 }) },
    updates: { value: isapiAlertstreamIn.updates },
    heartbeats: { value: isapiAlertstreamIn.heartbeats },
    images: { value: isapiAlertstreamIn.images },
    offlineEvents: { value: isapiAlertstreamIn.offlineEvents },
    maxBackoff: { value: isapiAlertstreamIn.maxBackoff, validate: isNumber({ min: 1, max: 3600 }) },
    raw: { value: isapiAlertstreamIn.raw },
  },
  label() {
    return this.name || "isapi alerts";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi alerts",
  oneditprepare() {
    showDefaults(this, isapiAlertstreamIn);
    const choice = (name: string, values: readonly string[]): void => {
      const input = $(`#node-input-${name}`);
      const chosen = String(input.val() ?? "")
        .split(",")
        .filter(Boolean);
      const options = values.map((value) => ({ value, label: value }));
      const list = { value: "list", label: this._("label.choose"), multiple: true, options };
      input.typedInput({ types: [list, "str"] as never });
      // The device's own names can be typed in, but not picked.
      input.typedInput("type", chosen.every((value) => values.includes(value)) ? "list" : "str");
    };
    choice("eventTypes", commonEventTypes);
    choice("targets", ["human", "vehicle", "nonmotor"]);
    offerChannels($("#node-input-channels"), $("#node-input-device"), { streams: false });
  },
});
