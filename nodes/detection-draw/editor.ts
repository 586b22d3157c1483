import type { NodeProperties } from "@node-red/editor-client";
import { detectionDraw } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { areZones, ZoneEditor, type ZonesProperty } from "../detection/editor/zone-editor";

interface Properties extends NodeProperties {
  name: string;
  labels: string;
  zones: ZonesProperty;
}

let zoneEditor: ZoneEditor | undefined;

RED.nodes.registerType<Properties>("detection-draw", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-detection-draw.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    labels: { value: detectionDraw.labels, validate: areColours },
    zones: { value: detectionDraw.zones, validate: areZones },
  },
  label() {
    return this.name || "detection draw";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "detection draw",
  oneditprepare() {
    showDefaults(this, detectionDraw);
    zoneEditor = new ZoneEditor($("#detection-draw-zones"), this.zones, (key) => this._(key));
  },
  oneditsave() {
    if (zoneEditor !== undefined) this.zones = zoneEditor.value;
    zoneEditor = undefined;
  },
  oneditcancel() {
    zoneEditor = undefined;
  },
});

/** `label=colour`, separated by commas. */
function areColours(text: string | undefined): boolean {
  if (text === undefined || /^\$\{.+\}$/.test(text)) return true;
  return text
    .split(",")
    .every((entry) => /^\s*$|^[^=]+=\s*(#[0-9a-f]{3}|#[0-9a-f]{6}|[a-z]+)\s*$/i.test(entry));
}
