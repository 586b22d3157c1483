import type { NodeProperties } from "@node-red/editor-client";
import { isapiConfig } from "../kit/defaults";
import { showDefaults } from "../kit/editor/absent-fields";
import { matches } from "../kit/editor/validators";
import { armingLines } from "../isapi/editor/arming-lines";
import type { FoundDevice, TestedDevice } from "../isapi/editor/devices";
import { askRuntime } from "../kit/editor/runtime";

interface Properties extends NodeProperties {
  name: string;
  url: string;
  auth: string;
  tls: string;
  verifyTls: boolean;
  fingerprint: string;
  timeout: string;
}

interface Credentials {
  username: string;
  password: string;
}

const field = (name: string): JQuery => $(`#node-config-input-${name}`);

RED.nodes.registerType<Properties, Credentials>("isapi-config", {
  category: "config",
  defaults: {
    name: { value: "" },
    url: {
      value: isapiConfig.url,
      required: true,
      validate: matches(/^(https?:\/\/)?[^\s/@]+\/?$/i),
    },
    auth: { value: isapiConfig.auth },
    tls: { value: isapiConfig.tls, type: "tls-config", required: false },
    verifyTls: { value: isapiConfig.verifyTls },
    fingerprint: {
      value: isapiConfig.fingerprint,
      validate: matches(/^([^0-9a-f]*([0-9a-f][^0-9a-f]*){64})?$/i),
    },
    timeout: { value: isapiConfig.timeout },
  },
  credentials: {
    username: { type: "text" },
    password: { type: "password" },
  },
  label() {
    return this.name || this.url || "ISAPI";
  },
  oneditprepare() {
    showDefaults(this, isapiConfig, "node-config-input");
    const verify = field("verifyTls");
    verify.on("change", () => {
      $("#isapi-config-unverified").toggle(!verify.is(":checked"));
    });
    verify.trigger("change");
    field("auth").on("change", () => {
      $("#isapi-config-basic").toggle(field("auth").val() === "basic");
    });
    field("auth").trigger("change");
    const translate = (key: string, values?: Record<string, string>): string => this._(key, values);
    $("#isapi-config-test").on("click", () => void test(this.id, translate));
    $("#isapi-config-discover").on("click", () => void discover(translate));
  },
});

type Translate = Parameters<typeof armingLines>[1];

async function test(id: string, translate: Translate): Promise<void> {
  const result = $("#isapi-config-result").text(translate("test.running"));
  try {
    const device = await askRuntime<TestedDevice>("isapi-config/test", {
      id,
      url: field("url").val(),
      auth: field("auth").val(),
      username: field("username").val(),
      password: field("password").val(),
      tls: String(field("tls").val() ?? "").replace("_ADD_", ""),
      verifyTls: field("verifyTls").is(":checked"),
      fingerprint: field("fingerprint").val(),
      timeout: field("timeout").val(),
    });
    const channels = device.channels
      .map(({ id: number, name }) => (name ? `${number} ${name}` : number))
      .join(", ");
    const values = { model: device.model ?? "?", firmware: device.firmware ?? "?", channels };
    result.text(translate("test.answered", values));
    for (const line of armingLines(device, translate)) $("<div>").text(line).appendTo(result);
  } catch (thrown) {
    result.text((thrown as Error).message);
  }
}

async function discover(translate: Translate): Promise<void> {
  const result = $("#isapi-config-result").text(translate("test.searching"));
  try {
    const { devices } = await askRuntime<{ devices: FoundDevice[] }>("isapi-config/discover", {});
    result.text(
      translate(devices.length === 0 ? "test.none" : "test.found", { count: String(devices.length) }),
    );
    for (const { url, model = "", mac = "", activated } of devices) {
      const text = [url, model, mac, activated ? "" : translate("test.inactive")].filter(Boolean).join(" · ");
      $("<div>")
        .append(
          $("<a>")
            .attr("href", "#")
            .text(text)
            .on("click", (event) => {
              event.preventDefault();
              field("url").val(url).trigger("change");
            }),
        )
        .appendTo(result);
    }
  } catch (thrown) {
    result.text((thrown as Error).message);
  }
}
