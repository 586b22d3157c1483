import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { matches } from "../kit/editor/validators";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

RED.nodes.registerType<PropertiesOf<typeof options>>("event-archive", {
  category: "surveillance",
  color: "#d8bfd8",
  icon: "surveillance-event-archive.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    folder: setting(options.folder),
    csv: setting(options.csv),
    csvSeparator: setting(options.csvSeparator, matches(/^[,;]?$/)),
    images: setting(options.images),
    raw: setting(options.raw),
    retainDays: setting(options.retainDays),
    maxBytes: setting(options.maxBytes),
  },
  inputLabels: "event",
  outputLabels: "event with its files",
  paletteLabel: "event archive",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    const csv = $("#node-input-csv");
    csv.on("change", () => {
      $("#node-input-csvSeparator").closest(".form-row").toggle(csv.is(":checked"));
    });
  },
  label() {
    return this.name || this.folder || "event archive";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
});
