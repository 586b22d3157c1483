import type { NodeProperties } from "@node-red/editor-client";
import { hcpConfig } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { isNumber, isUrl } from "../kit/editor/validators";
import { setUpConnectionTest } from "./editor/connection-test";
import { enteredServer } from "../hcp/editor/server";

interface Properties extends NodeProperties {
  name: string;
  url: string;
  contextPath: string;
  userId: string;
  tls: string;
  verifyTls: boolean;
  timeout: string;
  concurrency: string;
  pending: string;
}

interface Credentials {
  appKey: string;
  appSecret: string;
}

RED.nodes.registerType<Properties, Credentials>("hcp-config", {
  category: "config",
  defaults: {
    name: { value: "" },
    url: { value: hcpConfig.url, required: true, validate: isUrl("https?") },
    contextPath: { value: hcpConfig.contextPath },
    userId: { value: hcpConfig.userId },
    tls: { value: hcpConfig.tls, type: "tls-config", required: false },
    verifyTls: { value: hcpConfig.verifyTls },
    timeout: { value: hcpConfig.timeout },
    concurrency: { value: hcpConfig.concurrency, validate: isNumber({ min: 1, max: 64, whole: true }) },
    pending: { value: hcpConfig.pending, validate: isNumber({ min: 1, max: 100_000, whole: true }) },
  },
  credentials: {
    appKey: { type: "text" },
    appSecret: { type: "password" },
  },
  label() {
    return this.name || this.url || "HikCentral";
  },
  oneditprepare() {
    showDefaults(this, hcpConfig, "node-config-input");
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
