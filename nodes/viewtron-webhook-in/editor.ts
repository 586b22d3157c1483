import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { isOwnPort, prepareEndpoint } from "../webhook/editor/endpoint";
import { options } from "./options";

interface Credentials {
  username: string;
  password: string;
}

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties, Credentials>("viewtron-webhook-in", {
  category: "surveillance",
  color: "#a6bbcf",
  icon: "surveillance-viewtron-webhook-in.svg",
  inputs: 0,
  outputs: 1,
  defaults: {
    name: { value: "" },
    path: setting(options.path),
    listen: setting(options.listen),
    port: setting(options.port, isOwnPort),
    tls: setting(options.tls),
    trustedProxies: setting(options.trustedProxies),
    answer: setting(options.answer),
    ackTimeout: setting(options.ackTimeout),
    allow: setting(options.allow),
    statuses: setting(options.statuses),
    tracks: setting(options.tracks),
    tracksPerSecond: setting(options.tracksPerSecond),
    heartbeats: setting(options.heartbeats),
    raw: setting(options.raw),
  },
  credentials: {
    username: { type: "text" },
    password: { type: "password" },
  },
  outputLabels: "event",
  paletteLabel: "viewtron in",
  label() {
    return this.name || "viewtron in";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    prepareEndpoint();
    const tracks = $("#node-input-tracks");
    const show = () => {
      $(".viewtron-tracks").toggle(tracks.is(":checked"));
    };
    tracks.on("change", show);
    show();
  },
});
