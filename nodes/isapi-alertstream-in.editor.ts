import type { NodeProperties } from "@node-red/editor-client";
import { commonEventTypes } from "../src/events/event-types";
import { offerChannels } from "./shared/editor/isapi-devices";

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
    device: { value: "", type: "isapi-config", required: true },
    eventTypes: { value: "" },
    channels: { value: "" },
    targets: { value: "" },
    endAfter: { value: "5", validate: (text: string) => /^(\d+(\.\d+)?|\$\{.+\})?$/.test(text) },
    updates: { value: false },
    heartbeats: { value: false },
    images: { value: true },
    offlineEvents: { value: false },
    maxBackoff: {
      value: "10",
      validate: (text?: string) => /^(\d+(\.\d+)?|\$\{.+\})?$/.test(text ?? ""),
    },
    raw: { value: false },
  },
  label() {
    return this.name || "isapi alerts";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi alerts",
  oneditprepare() {
    // A node of an earlier version has none.
    const maxBackoff = $("#node-input-maxBackoff");
    if (!maxBackoff.val()) maxBackoff.val("10");
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
