import type { NodeProperties } from "@node-red/editor-client";
import { hcpRequest } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { setUpRequestForm } from "./editor/request-form";

interface Properties extends NodeProperties {
  name: string;
  server: string;
  operation: string;
  path: string;
  body: string;
  bodyType: string;
  paging: string;
}

RED.nodes.registerType<Properties>("hcp-request", {
  category: "surveillance",
  color: "#C0DEED",
  defaults: {
    name: { value: "" },
    server: { value: hcpRequest.server, type: "hcp-config", required: true },
    operation: { value: hcpRequest.operation },
    path: { value: hcpRequest.path },
    body: { value: hcpRequest.body, validate: RED.validators.typedInput("bodyType") },
    bodyType: { value: hcpRequest.bodyType },
    paging: { value: hcpRequest.paging },
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
    showDefaults(this, hcpRequest);
    $("#node-input-body").typedInput({
      default: "msg",
      types: ["msg", "json", "jsonata", "flow", "global", "env"],
      typeField: "#node-input-bodyType",
    });
    // Node-RED 4.1 shows a field of its own in place of the labelled one, and does not name it.
    $("#node-input-body").next().find(".red-ui-typedInput-input").attr("aria-label", this._("label.body"));
    setUpRequestForm(this.operation || "custom", (key) => this._(key));
  },
});
