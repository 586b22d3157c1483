/** Of a flow saved before there was a choice, it is undefined: a comma. */
const isSeparator = (value: string | undefined): boolean => /^([,;]?|\$\{.+\})$/.test(value ?? "");

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
    csvSeparator: { value: ",", validate: isSeparator },
    images: { value: true },
    raw: { value: false },
    retainDays: { value: "", validate: RED.validators.number(true) },
    maxBytes: { value: "", validate: RED.validators.regex(/^$|^\s*\d+(\.\d+)?\s*[kmgt]?b?\s*$|^\$\{.+\}$/i) },
  },
  inputLabels: "event",
  outputLabels: "event with its files",
  paletteLabel: "event archive",
  oneditprepare(this: { csvSeparator?: string }) {
    // A flow saved before there was a choice.
    if (!this.csvSeparator) $("#node-input-csvSeparator").val(",");
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
