import { commonEventTypes } from "../../src/events/event-types";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";
import { offerChannels } from "../isapi/editor/channels";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties>("isapi-alertstream-in", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-alertstream-in.svg",
  inputs: 0,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: setting(options.device),
    eventTypes: setting(options.eventTypes),
    channels: setting(options.channels),
    targets: setting(options.targets),
    endAfter: setting(options.endAfter),
    updates: setting(options.updates),
    heartbeats: setting(options.heartbeats),
    images: setting(options.images),
    offlineEvents: setting(options.offlineEvents),
    maxBackoff: setting(options.maxBackoff),
    raw: setting(options.raw),
  },
  label() {
    return this.name || "isapi alerts";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi alerts",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    const choice = (name: string, values: readonly string[]): void => {
      const input = $(`#node-input-${name}`);
      const chosen = String(input.val() ?? "")
        .split(",")
        .filter(Boolean);
      const choices = values.map((value) => ({ value, label: value }));
      const list = { value: "list", label: this._("label.choose"), multiple: true, options: choices };
      input.typedInput({ types: [list, "str"] as never });
      // The picker lists event types. Vendor types can be typed in.
      input.typedInput("type", chosen.every((value) => values.includes(value)) ? "list" : "str");
    };
    choice("eventTypes", commonEventTypes);
    choice("targets", ["human", "vehicle", "nonmotor"]);
    offerChannels($("#node-input-channels"), $("#node-input-device"), { streams: false });
  },
});
