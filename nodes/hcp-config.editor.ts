import type { NodeProperties } from "@node-red/editor-client";
import { setUpConnectionTest } from "./shared/editor/connection-test";
import { enteredServer } from "./shared/editor/hcp-server";

interface Properties extends NodeProperties {
  name: string;
  url: string;
  contextPath: string;
  userId: string;
  tls: string;
  verifyTls: boolean;
  timeout: string;
}

interface Credentials {
  appKey: string;
  appSecret: string;
}

RED.nodes.registerType<Properties, Credentials>("hcp-config", {
  category: "config",
  defaults: {
    name: { value: "" },
    url: { value: "", required: true, validate: (url: string) => /^(https?:\/\/.+|\$\{.+\}.*)$/i.test(url) },
    contextPath: { value: "/artemis" },
    userId: { value: "" },
    tls: { value: "", type: "tls-config", required: false },
    verifyTls: { value: true },
    timeout: { value: "10" },
  },
  credentials: {
    appKey: { type: "text" },
    appSecret: { type: "password" },
  },
  label() {
    return this.name || this.url || "HikCentral";
  },
  oneditprepare() {
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
