RED.nodes.registerType("event-archive", {
  category: "surveillance",
  color: "#d8bfd8",
  icon: "surveillance-event-archive.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    folder: { value: "surveillance-archive", required: true },
    csv: { value: true },
    images: { value: true },
    raw: { value: false },
    retainDays: { value: "", validate: RED.validators.number(true) },
    maxBytes: { value: "", validate: RED.validators.regex(/^$|^\s*\d+(\.\d+)?\s*[kmgt]?b?\s*$|^\$\{.+\}$/i) },
  },
  inputLabels: "event",
  outputLabels: "event with its files",
  paletteLabel: "event archive",
  label(this: { name: string; folder: string }) {
    return this.name || this.folder || "event archive";
  },
  labelStyle(this: { name: string }) {
    return this.name ? "node_label_italic" : "";
  },
});
