import type { NodeProperties } from "@node-red/editor-client";
import {
  DEFAULT_ALARM_PATH,
  DEFAULT_BODY,
  DEFAULT_TEXT,
  GENERIC_EVENT_PORT,
} from "../src/hcp/alarm-defaults";

interface Properties extends NodeProperties {
  name: string;
  server: string;
  transport: string;
  host: string;
  port: string;
  rule: string;
  path: string;
  template: string;
  resend: boolean;
}

RED.nodes.registerType<Properties>("hcp-alarm-out", {
  category: "surveillance",
  color: "#C0DEED",
  defaults: {
    name: { value: "" },
    server: { value: "", type: "hcp-config", required: true },
    transport: { value: "tcp" },
    host: { value: "" },
    port: { value: "" },
    // HikCentral takes 32 characters, and a quotation mark would end the rule's expression.
    rule: {
      value: "Node-RED alarm",
      required: true,
      validate: (rule: string) => /^([^"]{1,32}|\$\{.+\})$/.test(rule),
    },
    path: { value: "" },
    template: { value: "" },
    resend: { value: false },
  },
  inputs: 1,
  outputs: 1,
  icon: "surveillance-hcp-alarm-out.svg",
  align: "right",
  paletteLabel: "hcp alarm",
  label() {
    return this.name || this.rule || "hcp alarm";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    $("#node-input-port").attr("placeholder", GENERIC_EVENT_PORT);
    $("#node-input-path").attr("placeholder", DEFAULT_ALARM_PATH);
    const transport = $("#node-input-transport");
    transport.on("change", () => {
      const openApi = transport.val() === "openapi";
      $(".hcp-alarm-out-openapi").toggle(openApi);
      $(".hcp-alarm-out-generic").toggle(!openApi);
      $(".hcp-alarm-out-tcp").toggle(transport.val() === "tcp");
      $("#node-input-template").attr("placeholder", openApi ? DEFAULT_BODY : DEFAULT_TEXT);
    });
    transport.trigger("change");
  },
});
