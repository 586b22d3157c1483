import type { NodeAPI, NodeDef } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { HcpCredentials } from "./client-options";

type Values = Record<string, unknown>;

/** How the editor shows a password that it does not know. */
const UNCHANGED = "__PWRD__";
const VARIABLE = /\$\{\S+\}/;

/**
 * Settings as the editor holds them: environment variables unresolved, secrets only where they were changed. Whoever may
 * edit must not learn by them what he cannot read. So the saved key and secret sign for the address that they were
 * saved with and no other, and variables are resolved where the same text is saved in the same place, for that address.
 *
 * @throws {SurveillanceError} CONFIG_INVALID where that is not so
 */
export function openServer(
  RED: NodeAPI,
  server: unknown,
): [config: object, credentials: Partial<HcpCredentials>] {
  const { credentials, id, ...config } = record(server);
  const saved = savedServer(RED, id);
  const entered = Object.fromEntries(
    Object.entries(record(credentials)).filter(
      ([, value]) => value !== UNCHANGED && typeof value === "string",
    ),
  );
  if (!saved?.isAt(config.url)) {
    const isKept = (name: keyof HcpCredentials): boolean =>
      entered[name] === undefined && saved?.credentials[name] !== undefined;
    if (isKept("appKey") || isKept("appSecret")) {
      throw new SurveillanceError(
        "CONFIG_INVALID",
        "The saved app key and secret belong to another address.",
        {
          advice: "Enter both again, or deploy first.",
        },
      );
    }
    return [withoutVariables(config), withoutVariables(entered)];
  }
  return [
    saved.resolve(config, saved.config),
    saved.resolve({ ...saved.credentials, ...entered }, saved.credentials),
  ];
}

interface SavedServer {
  /** As they were entered: with variables. */
  config: Values;
  credentials: Values;
  /** Whether an address is the saved one. */
  isAt: (url: unknown) => boolean;
  /** @throws {SurveillanceError} CONFIG_INVALID for a variable that is not saved at the same place */
  resolve: (values: Values, saved: Values) => Values;
}

function savedServer(RED: NodeAPI, id: unknown): SavedServer | undefined {
  let found: (NodeDef & Values) | undefined;
  RED.nodes.eachNode((node) => {
    if (node.id === id && node.type === "hcp-config") found = node as NodeDef & Values;
  });
  if (found === undefined) return undefined;
  const config = found;
  const node = RED.nodes.getNode(config.id);
  const value = (text: unknown): unknown =>
    typeof text === "string" && VARIABLE.test(text)
      ? (RED.util.evaluateNodeProperty(text, "env", node, {}) as unknown)
      : text;
  return {
    config,
    credentials: record(RED.nodes.getCredentials(config.id)),
    isAt: (url) => url === config.url || (originOf(url) ?? "") === originOf(value(config.url)),
    resolve: (values, saved) =>
      Object.fromEntries(
        Object.entries(values).map(([name, each]) => {
          if (each === saved[name]) return [name, value(each)];
          assertNoVariable(name, each);
          return [name, each];
        }),
      ),
  };
}

function originOf(url: unknown): string | undefined {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).origin : undefined;
}

function withoutVariables(values: Values): Values {
  for (const [name, value] of Object.entries(values)) assertNoVariable(name, value);
  return values;
}

function assertNoVariable(name: string, value: unknown): void {
  if (typeof value !== "string" || !VARIABLE.test(value)) return;
  throw new SurveillanceError("CONFIG_INVALID", `${name} has an environment variable that is not deployed.`, {
    advice: "Deploy first: only then variables are resolved. Or try with the value itself.",
  });
}

function record(value: unknown): Values {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
