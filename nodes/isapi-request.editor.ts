import type { NodeProperties } from "@node-red/editor-client";
import { offerChannels } from "./shared/editor/isapi-devices";
import { setUpOperationForm } from "./shared/editor/operation-form";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  operation: string;
  event: string;
  channel: string;
  port: string;
  metadataType: string;
  state: string;
  method: string;
  path: string;
  body: string;
  ret: string;
  file: string;
}

const isNumber = (text: string | undefined): boolean =>
  text === undefined || /^([1-9]\d{0,4}|\$\{.+\})?$/.test(text);

RED.nodes.registerType<Properties>("isapi-request", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-request.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: "", type: "isapi-config", required: true },
    operation: { value: "" },
    event: { value: "VMD" },
    channel: { value: "1", validate: isNumber },
    port: { value: "1", validate: isNumber },
    metadataType: { value: "" },
    state: { value: "read" },
    method: { value: "GET" },
    path: {
      value: "/ISAPI/System/deviceInfo",
      validate: (path: string) => /^(\/\S*|.*\$\{.+\}.*)?$/.test(path),
    },
    body: { value: "" },
    ret: { value: "auto" },
    file: { value: "" },
  },
  label() {
    return this.name || this.operation || "isapi request";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi request",
  oneditprepare() {
    offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: false });
    // Nodes of before there were operations have none, nor a state.
    if (!this.operation) $("#node-input-operation").val("");
    if (!this.state) $("#node-input-state").val("read");
    setUpOperationForm((key) => this._(key));
  },
});
