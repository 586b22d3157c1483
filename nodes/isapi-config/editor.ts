import type { EditorChannel } from "../isapi/editor/channels";
import { showDefaults } from "../kit/editor/absent-fields";
import { askRuntime } from "../kit/editor/runtime";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { armingLines, type DeviceEvents } from "./editor/arming-lines";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

interface TestedDevice extends DeviceEvents {
  model?: string;
  firmware?: string;
  channels: EditorChannel[];
}

interface FoundDevice {
  url: string;
  mac?: string;
  model?: string;
  activated: boolean;
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
    url: setting(options.url),
    auth: setting(options.auth),
    tls: setting(options.tls),
    verifyTls: setting(options.verifyTls),
    fingerprint: setting(options.fingerprint),
    timeout: setting(options.timeout),
  },
  credentials: {
    username: { type: "text" },
    password: { type: "password" },
  },
  label() {
    return this.name || this.url || "ISAPI";
  },
  oneditprepare() {
    showDefaults(this, defaultsOf(options), "node-config-input");
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
