import { isStoreFolder, isStoreServer, prepareStore } from "../events/editor/store";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

RED.nodes.registerType<PropertiesOf<typeof options>>("events-in", {
  category: "surveillance",
  color: "#d8bfd8",
  icon: "surveillance-events-in.svg",
  inputs: 1,
  outputs: 2,
  defaults: {
    name: { value: "" },
    store: setting(options.store),
    folder: setting(options.folder, isStoreFolder),
    server: setting(options.server, isStoreServer),
    stream: setting(options.stream),
    consumer: setting(options.consumer),
    filter: setting(options.filter),
    pending: setting(options.pending),
    ackWait: setting(options.ackWait),
    maxDeliver: setting(options.maxDeliver),
  },
  inputLabels: "the message back: done",
  outputLabels: ["messages", "given up"],
  paletteLabel: "events in",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    prepareStore();
  },
  label() {
    return this.name || this.stream || "events in";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
});
