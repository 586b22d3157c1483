import { eventArchive } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber, matches } from "../kit/editor/validators";

RED.nodes.registerType("event-archive", {
  category: "surveillance",
  color: "#d8bfd8",
  icon: "surveillance-event-archive.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    folder: { value: eventArchive.folder, required: true },
    csv: { value: eventArchive.csv },
    csvSeparator: { value: eventArchive.csvSeparator, validate: matches(/^[,;]?$/) },
    images: { value: eventArchive.images },
    raw: { value: eventArchive.raw },
    retainDays: { value: eventArchive.retainDays, validate: isNumber({ min: 0.01 }) },
    maxBytes: { value: eventArchive.maxBytes, validate: matches(/^$|^\s*\d+(\.\d+)?\s*[kmgt]?b?\s*$/i) },
  },
  inputLabels: "event",
  outputLabels: "event with its files",
  paletteLabel: "event archive",
  oneditprepare(this: { csvSeparator?: string }) {
    showDefaults(this, eventArchive);
    const csv = $("#node-input-csv");
    csv.on("change", () => {
      $("#node-input-csvSeparator").closest(".form-row").toggle(csv.is(":checked"));
    });
  },
  label(this: { name: string; folder: string }) {
    return this.name || this.folder || "event archive";
  },
  labelStyle(this: { name: string }) {
    return this.name ? "node_label_italic" : "";
  },
});
