import type { NodeProperties } from "@node-red/editor-client";
import { commonEventTypes } from "../../src/events/event-types";
import { detectionRule } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber } from "../kit/editor/validators";
import { areZones, ZoneEditor, type ZonesProperty } from "../detection/editor/zone-editor";

interface Properties extends NodeProperties {
  name: string;
  labels: string;
  zones: ZonesProperty;
  zoneTest: string;
  minScore: string;
  hits: string;
  window: string;
  cooldown: string;
  endAfter: string;
  trackSeconds?: string;
  eventType: string;
  deriveNoHelmet: boolean;
  personLabels: string;
  helmetLabels: string;
  minPersonHeight: string;
}

let zoneEditor: ZoneEditor | undefined;

RED.nodes.registerType<Properties>("detection-rule", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-detection-rule.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    labels: { value: detectionRule.labels },
    zones: { value: detectionRule.zones, validate: areZones },
    zoneTest: { value: detectionRule.zoneTest },
    minScore: { value: detectionRule.minScore, validate: isNumber({ min: 0, max: 1 }) },
    hits: { value: detectionRule.hits, validate: isNumber({ min: 1, max: 1000, whole: true, blank: false }) },
    window: {
      value: detectionRule.window,
      validate: isNumber({ min: 1, max: 1000, whole: true, blank: false }),
    },
    cooldown: { value: detectionRule.cooldown, validate: isNumber({ min: 0, blank: false }) },
    endAfter: { value: detectionRule.endAfter, validate: isNumber({ min: 0.1, blank: false }) },
    trackSeconds: { value: detectionRule.trackSeconds, validate: isNumber({ min: 0, max: 3600 }) },
    eventType: { value: detectionRule.eventType },
    deriveNoHelmet: { value: detectionRule.deriveNoHelmet },
    personLabels: { value: detectionRule.personLabels },
    helmetLabels: { value: detectionRule.helmetLabels },
    minPersonHeight: { value: detectionRule.minPersonHeight, validate: isNumber({ min: 0, max: 100 }) },
  },
  label() {
    return this.name || this.labels || "detection rule";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "detection rule",
  oneditprepare() {
    showDefaults(this, detectionRule);
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
