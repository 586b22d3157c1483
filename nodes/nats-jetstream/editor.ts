import { showDefaults } from "../kit/editor/absent-fields";
import { askRuntime } from "../kit/editor/runtime";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

interface Credentials {
  username: string;
  password: string;
  token: string;
  nkey: string;
  credentials: string;
}

interface TestedServer {
  version: string;
  streams: string[];
  domain?: string;
}

const field = (name: string): JQuery => $(`#node-config-input-${name}`);
const names = ["servers", "domains", "username", "password", "token", "nkey", "credentials"];

RED.nodes.registerType<PropertiesOf<typeof options>, Credentials>("nats-jetstream", {
  category: "config",
  defaults: {
    name: { value: "" },
    servers: setting(options.servers),
    tls: setting(options.tls),
    domains: setting(options.domains),
  },
  credentials: {
    username: { type: "text" },
    password: { type: "password" },
    token: { type: "password" },
    nkey: { type: "password" },
    credentials: { type: "password" },
  },
  label() {
    return this.name || this.servers || "NATS";
  },
  oneditprepare() {
    showDefaults(this, defaultsOf(options), "node-config-input");
    const translate = (key: string, values?: Record<string, string>): string => this._(key, values);
    $("#nats-jetstream-test").on("click", () => void test(this.id, translate));
  },
});

async function test(
  id: string,
  translate: (key: string, values?: Record<string, string>) => string,
): Promise<void> {
  const result = $("#nats-jetstream-result").text(translate("test.running"));
  try {
    const fields = Object.fromEntries(names.map((name) => [name, field(name).val()]));
    const { version, streams, domain } = await askRuntime<TestedServer>("nats-jetstream/test", {
      ...fields,
      id,
      tls: String(field("tls").val() ?? "").replace("_ADD_", ""),
    });
    result.text(
      translate("test.answered", { version, streams: streams.join(", ") || "–", domain: domain ?? "–" }),
    );
  } catch (thrown) {
    result.text((thrown as Error).message);
  }
}
