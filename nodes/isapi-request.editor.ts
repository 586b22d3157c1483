import type { NodeProperties } from "@node-red/editor-client";

interface Properties extends NodeProperties {
  name: string;
  device: string;
  method: string;
  path: string;
  ret: string;
  file: string;
}

RED.nodes.registerType<Properties>("isapi-request", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-request.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: { value: "", type: "isapi-config", required: true },
    method: { value: "GET" },
    path: {
      value: "/ISAPI/System/deviceInfo",
      validate: (path: string) => /^(\/\S*|.*\$\{.+\}.*)?$/.test(path),
    },
    ret: { value: "auto" },
    file: { value: "" },
  },
  label() {
    return this.name || "isapi request";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi request",
});
