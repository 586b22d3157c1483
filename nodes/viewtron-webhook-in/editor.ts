import { viewtronWebhookIn } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber } from "../kit/editor/validators";
import { isOwnPort, preparePlace } from "../webhook/editor/endpoint";

RED.nodes.registerType("viewtron-webhook-in", {
  category: "surveillance",
  color: "#a6bbcf",
  icon: "surveillance-viewtron-webhook-in.svg",
  inputs: 0,
  outputs: 1,
  defaults: {
    name: { value: "" },
    path: { value: viewtronWebhookIn.path, required: true },
    listen: { value: viewtronWebhookIn.listen },
    port: { value: viewtronWebhookIn.port, validate: isOwnPort },
    tls: { value: viewtronWebhookIn.tls, type: "tls-config", required: false },
    trustedProxies: { value: viewtronWebhookIn.trustedProxies },
    allow: { value: viewtronWebhookIn.allow },
    statuses: { value: viewtronWebhookIn.statuses },
    tracks: { value: viewtronWebhookIn.tracks },
    tracksPerSecond: { value: viewtronWebhookIn.tracksPerSecond, validate: isNumber({ min: 0.01, max: 20 }) },
    heartbeats: { value: viewtronWebhookIn.heartbeats },
    raw: { value: viewtronWebhookIn.raw },
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
    showDefaults(this, viewtronWebhookIn);
    preparePlace();
    const tracks = $("#node-input-tracks");
    const show = () => {
      $(".viewtron-tracks").toggle(tracks.is(":checked"));
    };
    tracks.on("change", show);
    show();
  },
});
