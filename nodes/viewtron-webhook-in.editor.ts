import { placeDefaults, preparePlace } from "./shared/editor/webhook-place";

RED.nodes.registerType("viewtron-webhook-in", {
  category: "surveillance",
  color: "#a6bbcf",
  icon: "surveillance-viewtron-webhook-in.svg",
  inputs: 0,
  outputs: 1,
  defaults: {
    name: { value: "" },
    path: { value: "/viewtron", required: true },
    ...placeDefaults,
    allow: { value: "" },
    statuses: { value: true },
    tracks: { value: false },
    tracksPerSecond: { value: "1", validate: RED.validators.number(true) },
    heartbeats: { value: false },
    raw: { value: false },
  },
  credentials: {
    username: { type: "text" },
    password: { type: "password" },
  },
  outputLabels: "event",
  paletteLabel: "viewtron in",
  label(this: { name: string }) {
    return this.name || "viewtron in";
  },
  labelStyle(this: { name: string }) {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    preparePlace();
    const tracks = $("#node-input-tracks");
    const show = () => {
      $(".viewtron-tracks").toggle(tracks.is(":checked"));
    };
    tracks.on("change", show);
    show();
  },
});
