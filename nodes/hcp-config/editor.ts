import { showDefaults } from "../kit/editor/absent-fields";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { isUrl } from "../kit/editor/validators";
import { defaultsOf } from "../kit/option-kinds";
import { setUpConnectionTest } from "./editor/connection-test";
import { enteredServer } from "../hcp/editor/server";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

interface Credentials {
  appKey: string;
  appSecret: string;
}

RED.nodes.registerType<Properties, Credentials>("hcp-config", {
  category: "config",
  defaults: {
    name: { value: "" },
    url: setting(options.url, isUrl("https?")),
    contextPath: setting(options.contextPath),
    userId: setting(options.userId),
    tls: setting(options.tls),
    verifyTls: setting(options.verifyTls),
    timeout: setting(options.timeout),
    concurrency: setting(options.concurrency),
    pending: setting(options.pending),
  },
  credentials: {
    appKey: { type: "text" },
    appSecret: { type: "password" },
  },
  label() {
    return this.name || this.url || "HikCentral";
  },
  oneditprepare() {
    showDefaults(this, defaultsOf(options), "node-config-input");
    const verify = $("#node-config-input-verifyTls");
    verify.on("change", () => {
      $("#hcp-config-unverified").toggle(!verify.is(":checked"));
    });
    verify.trigger("change");
    setUpConnectionTest(
      () => enteredServer(this.id),
      (key, values) => this._(key, values),
    );
  },
});
