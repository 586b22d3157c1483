import type { NodeProperties } from "@node-red/editor-client";
import { DEFAULT_CONCURRENCY, DEFAULT_PENDING } from "../src/hcp/client-defaults";
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
  concurrency: string;
  pending: string;
}

/** Absent in flows of before, and blank, for the default. */
const isCount = (text?: string | number): boolean => /^([1-9]\d{0,5}|\$\{.+\})?$/.test(String(text ?? ""));

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
    concurrency: { value: String(DEFAULT_CONCURRENCY), validate: isCount },
    pending: { value: String(DEFAULT_PENDING), validate: isCount },
  },
  credentials: {
    appKey: { type: "text" },
    appSecret: { type: "password" },
  },
  label() {
    return this.name || this.url || "HikCentral";
  },
  oneditprepare() {
    $("#node-config-input-concurrency").attr("placeholder", DEFAULT_CONCURRENCY);
    $("#node-config-input-pending").attr("placeholder", DEFAULT_PENDING);
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
