import { isStoreFolder, isStoreServer, prepareStore } from "../events/editor/store";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

RED.nodes.registerType<PropertiesOf<typeof options>>("events-out", {
  category: "surveillance",
  color: "#d8bfd8",
  icon: "surveillance-events-out.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    store: setting(options.store),
    folder: setting(options.folder, isStoreFolder),
    server: setting(options.server, isStoreServer),
    stream: setting(options.stream),
    subject: setting(options.subject),
    maxBytes: setting(options.maxBytes),
    dedupWindow: setting(options.dedupWindow),
  },
  inputLabels: "any message",
  outputLabels: "stored message",
  paletteLabel: "events out",
  align: "right",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    prepareStore();
  },
  label() {
    return this.name || this.stream || "events out";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
});
