import { areZones, ZoneEditor } from "../detection/editor/zone-editor";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

let zoneEditor: ZoneEditor | undefined;

RED.nodes.registerType<Properties>("detection-draw", {
  category: "surveillance",
  color: "#C0DEED",
  icon: "surveillance-detection-draw.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    labels: setting(options.labels, areColours),
    zones: setting(options.zones, areZones),
  },
  label() {
    return this.name || "detection draw";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "detection draw",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
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

/** Tells whether a text is a list of `label=colour`, separated by commas, or a variable. */
function areColours(text: string | undefined): boolean {
  if (text === undefined || /^\$\{.+\}$/.test(text)) return true;
  return text
    .split(",")
    .every((entry) => /^\s*$|^[^=]+=\s*(#[0-9a-f]{3}|#[0-9a-f]{6}|[a-z]+)\s*$/i.test(entry));
}
