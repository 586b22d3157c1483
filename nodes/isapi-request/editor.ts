import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { matches } from "../kit/editor/validators";
import { defaultsOf } from "../kit/option-kinds";
import { offerChannels } from "../isapi/editor/channels";
import { setUpOperationForm } from "./editor/operation-form";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

RED.nodes.registerType<Properties>("isapi-request", {
  category: "surveillance",
  color: "#D8BFD8",
  icon: "surveillance-isapi-request.svg",
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: "" },
    device: setting(options.device),
    operation: setting(options.operation),
    event: setting(options.event),
    channel: setting(options.channel),
    port: setting(options.port),
    metadataType: setting(options.metadataType),
    state: setting(options.state),
    method: setting(options.method),
    path: setting(options.path, matches(/^(\/\S*)?$/)),
    body: setting(options.body),
    ret: setting(options.ret),
    file: setting(options.file),
  },
  label() {
    return this.name || this.operation || "isapi request";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  paletteLabel: "isapi request",
  oneditprepare() {
    showDefaults(this, defaultsOf(options));
    offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: false });
    setUpOperationForm((key) => this._(key));
  },
});
