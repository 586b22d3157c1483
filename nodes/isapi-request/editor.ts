import type { NodeProperties } from "@node-red/editor-client";
import { isapiRequest } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { matches } from "../kit/editor/validators";
import { offerChannels } from "../isapi/editor/devices";
import { setUpOperationForm } from "./editor/operation-form";

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

const isId = matches(/^([1-9]\d{0,4})?$/);

RED.nodes.registerType<Properties>("isapi-request", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-request.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: isapiRequest.device, type: "isapi-config", required: true },
    operation: { value: isapiRequest.operation },
    event: { value: isapiRequest.event },
    channel: { value: isapiRequest.channel, validate: isId },
    port: { value: isapiRequest.port, validate: isId },
    metadataType: { value: isapiRequest.metadataType },
    state: { value: isapiRequest.state },
    method: { value: isapiRequest.method },
    path: {
      value: isapiRequest.path,
      validate: matches(/^(\/\S*)?$/),
    },
    body: { value: isapiRequest.body },
    ret: { value: isapiRequest.ret },
    file: { value: isapiRequest.file },
  },
  label() {
    return this.name || this.operation || "isapi request";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi request",
  oneditprepare() {
    showDefaults(this, isapiRequest);
    offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: false });
    setUpOperationForm((key) => this._(key));
  },
});
