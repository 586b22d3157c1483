import { commonEventTypes } from "../../src/events/event-types";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";
import { showDefaults } from "../kit/editor/absent-fields";
import { areZones, ZoneEditor } from "../detection/editor/zone-editor";

type Properties = PropertiesOf<typeof options>;

let zoneEditor: ZoneEditor | undefined;

RED.nodes.registerType<Properties>("detection-rule", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-detection-rule.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    labels: setting(options.labels),
    zones: setting(options.zones, areZones),
    zoneTest: setting(options.zoneTest),
    minScore: setting(options.minScore),
    hits: setting(options.hits),
    window: setting(options.window),
    cooldown: setting(options.cooldown),
    endAfter: setting(options.endAfter),
    trackSeconds: setting(options.trackSeconds),
    eventType: setting(options.eventType),
    deriveNoHelmet: setting(options.deriveNoHelmet),
    personLabels: setting(options.personLabels),
    helmetLabels: setting(options.helmetLabels),
    minPersonHeight: setting(options.minPersonHeight),
  },
  label() {
    return this.name || this.labels || "detection rule";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "detection rule",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    const types = commonEventTypes.map((type) => $("<option>").val(type).text(type));
    $("#node-input-eventType").append(types).val(this.eventType);
    const derive = $("#node-input-deriveNoHelmet");
    derive.on("change", () => {
      $(".node-row-helmet").toggle(derive.is(":checked"));
    });
    derive.trigger("change");
    zoneEditor = new ZoneEditor($("#detection-rule-zones"), this.zones, (key) => this._(key));
  },
  oneditsave() {
    if (zoneEditor !== undefined) this.zones = zoneEditor.value;
    zoneEditor = undefined;
  },
  oneditcancel() {
    zoneEditor = undefined;
  },
});
