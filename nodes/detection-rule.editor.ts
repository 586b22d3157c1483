import type { NodeProperties } from "@node-red/editor-client";
import { commonEventTypes } from "../src/events/event-types";
import { areZones, ZoneEditor, type ZonesProperty } from "./shared/editor/zone-editor";

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
    labels: { value: "person" },
    zones: { value: [], validate: areZones },
    zoneTest: { value: "bottomCentre" },
    minScore: { value: "0.5", validate: RED.validators.number(true) },
    hits: { value: "3", required: true, validate: RED.validators.number() },
    window: { value: "5", required: true, validate: RED.validators.number() },
    cooldown: { value: "30", required: true, validate: RED.validators.number() },
    endAfter: { value: "5", required: true, validate: RED.validators.number() },
    trackSeconds: { value: "10", validate: RED.validators.number(true) },
    eventType: { value: "intrusion" },
    deriveNoHelmet: { value: false },
    personLabels: { value: "person" },
    helmetLabels: { value: "helmet, hardhat, hard-hat, hard hat" },
    minPersonHeight: { value: "10", validate: RED.validators.number(true) },
  },
  label() {
    if (this.name !== "") return this.name;
    return this.labels === "" ? "detection rule" : this.labels;
  },
  labelStyle() {
    return this.name === "" ? "" : "node_label_italic";
  },
  paletteLabel: "detection rule",
  oneditprepare() {
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
