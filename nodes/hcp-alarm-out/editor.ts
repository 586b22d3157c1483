import {
  DEFAULT_ALARM_PATH,
  DEFAULT_BODY,
  DEFAULT_TEXT,
  DEFAULT_GENERIC_EVENT_PORT,
} from "../../src/hcp/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties>("hcp-alarm-out", {
  category: "surveillance",
  color: "#C0DEED",
  defaults: {
    name: { value: "" },
    server: setting(options.server),
    transport: setting(options.transport),
    host: setting(options.host),
    port: setting(options.port),
    rule: setting(options.rule),
    path: setting(options.path),
    template: setting(options.template),
    resend: setting(options.resend),
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
    showDefaults(this, defaultsOf(options));
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
