import type { NodeProperties } from "@node-red/editor-client";
import {
  DEFAULT_ALARM_PATH,
  DEFAULT_BODY,
  DEFAULT_TEXT,
  DEFAULT_GENERIC_EVENT_PORT,
} from "../../src/hcp/defaults";
import { hcpAlarmOut } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { matches } from "../kit/editor/validators";

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
    server: { value: hcpAlarmOut.server, type: "hcp-config", required: true },
    transport: { value: hcpAlarmOut.transport },
    host: { value: hcpAlarmOut.host },
    port: { value: hcpAlarmOut.port },
    // HikCentral takes 32 characters, and a quotation mark would end the rule's expression.
    rule: {
      value: hcpAlarmOut.rule,
      required: true,
      validate: matches(/^[^"]{1,32}$/),
    },
    path: { value: hcpAlarmOut.path },
    template: { value: hcpAlarmOut.template },
    resend: { value: hcpAlarmOut.resend },
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
    showDefaults(this, hcpAlarmOut);
    $("#node-input-port").attr("placeholder", DEFAULT_GENERIC_EVENT_PORT);
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
