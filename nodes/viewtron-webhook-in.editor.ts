RED.nodes.registerType("viewtron-webhook-in", {
  category: "surveillance",
  color: "#a6bbcf",
  icon: "surveillance-viewtron-webhook-in.svg",
  inputs: 0,
  outputs: 1,
  defaults: {
    name: { value: "" },
    path: { value: "/viewtron", required: true },
    listen: { value: "node-red" },
    port: {
      value: "",
      validate(this: { listen?: string }, value: string) {
        return this.listen !== "port" || RED.validators.number()(value);
      },
    },
    tls: { value: "", type: "tls-config", required: false },
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
    const listen = $("#node-input-listen");
    const tracks = $("#node-input-tracks");
    const show = () => {
      $(".viewtron-own-port").toggle(listen.val() === "port");
      $(".viewtron-tracks").toggle(tracks.is(":checked"));
    };
    listen.on("change", show);
    tracks.on("change", show);
    show();
  },
});
