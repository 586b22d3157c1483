import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { setUpRequestForm } from "./editor/request-form";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties>("hcp-request", {
  category: "surveillance",
  color: "#C0DEED",
  defaults: {
    name: { value: "" },
    server: setting(options.server),
    operation: setting(options.operation),
    path: setting(options.path),
    body: setting(options.body, RED.validators.typedInput("bodyType")),
    bodyType: setting(options.bodyType),
    paging: setting(options.paging),
  },
  inputs: 1,
  outputs: 1,
  icon: "surveillance-hcp-request.svg",
  paletteLabel: "hcp request",
  label() {
    const isCustom = !this.operation || this.operation === "custom";
    return this.name || (isCustom ? this.path : this.operation) || "hcp request";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    $("#node-input-body").typedInput({
      default: "msg",
      types: ["msg", "json", "jsonata", "flow", "global", "env"],
      typeField: "#node-input-bodyType",
    });
    // Node-RED 4.1 replaces the labelled field by another field without a label.
    $("#node-input-body").next().find(".red-ui-typedInput-input").attr("aria-label", this._("label.body"));
    setUpRequestForm(this.operation || "custom", (key) => this._(key));
  },
});
