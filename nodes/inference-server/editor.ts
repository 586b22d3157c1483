import { showDefaults } from "../kit/editor/absent-fields";
import { askRuntime } from "../kit/editor/runtime";
import { setting, type PropertiesOf } from "../kit/editor/setting";
import { matches, type Field } from "../kit/editor/validators";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";

type Properties = PropertiesOf<typeof options>;

interface ServerTest {
  url: string;
  error?: string;
  inputs?: string;
  outputs?: string;
  family?: string;
  milliseconds?: number;
}

const field = (name: string): JQuery => $(`#node-config-input-${name}`);
const isUrlList = matches(/^\s*https?:\/\/[^\s,/]+[^\s,]*(\s*,\s*https?:\/\/[^\s,/]+[^\s,]*)*\s*,?\s*$/i);

/** Validates the model: a KServe server has no default one. */
function isModel(this: object, model: Field): boolean {
  const open = field("dialect").val() as string | undefined;
  const dialect = open ?? (this as Partial<Properties>).dialect;
  return dialect === "deepstack" || String(model ?? "").trim() !== "";
}

RED.nodes.registerType<Properties, { token: string }>("inference-server", {
  category: "config",
  defaults: {
    name: { value: "" },
    urls: setting(options.urls, (urls: Field) => isUrlList(urls ?? "")),
    dialect: setting(options.dialect),
    model: setting(options.model, isModel),
    version: setting(options.version),
    inFlight: setting(options.inFlight),
    timeout: setting(options.timeout),
    host: setting(options.host),
    tls: setting(options.tls),
    verifyTls: setting(options.verifyTls),
    width: setting(options.width),
    height: setting(options.height),
    fit: setting(options.fit),
  },
  credentials: { token: { type: "password" } },
  label() {
    return (
      [this.name, [this.model, this.urls].filter(Boolean).join(" · ")].find(Boolean) ?? "inference server"
    );
  },
  oneditprepare() {
    showDefaults(this, defaultsOf(options), "node-config-input");
    const dialect = field("dialect");
    dialect.on("change", () => {
      $(".inference-server-kserve").toggle(dialect.val() === "kserve");
      field("model").trigger("change");
    });
    dialect.trigger("change");
    const verify = field("verifyTls");
    verify.on("change", () => {
      $("#inference-server-unverified").toggle(!verify.is(":checked"));
    });
    verify.trigger("change");
    const translate = (key: string, values?: Record<string, string>): string => this._(key, values);
    $("#inference-server-test").on("click", () => void test(this.id, translate));
  },
});

type Translate = (key: string, values?: Record<string, string>) => string;

async function test(id: string, translate: Translate): Promise<void> {
  const result = $("#inference-server-result").text(translate("test.running"));
  const texts = [
    "urls",
    "dialect",
    "model",
    "version",
    "inFlight",
    "timeout",
    "host",
    "width",
    "height",
    "fit",
    "token",
  ];
  try {
    const { servers } = await askRuntime<{ servers: ServerTest[] }>("inference-server/test", {
      id,
      ...Object.fromEntries(texts.map((name) => [name, field(name).val()])),
      tls: String(field("tls").val() ?? "").replace("_ADD_", ""),
      verifyTls: field("verifyTls").is(":checked"),
    });
    result.empty();
    for (const server of servers)
      for (const line of linesOf(server, translate)) $("<div>").text(line).appendTo(result);
  } catch (thrown) {
    result.text((thrown as Error).message);
  }
}

function linesOf(
  { url, error, family, milliseconds, inputs, outputs }: ServerTest,
  translate: Translate,
): string[] {
  if (error !== undefined) return [translate("test.failed", { url, error })];
  const values = { url, family: family ?? "?", ms: String(milliseconds ?? "?") };
  const tensors = inputs !== undefined && outputs !== undefined;
  return [
    translate("test.works", values),
    ...(tensors ? [translate("test.tensors", { inputs, outputs })] : []),
  ];
}
