import type { NodeAPI, NodeDef } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { HcpCredentials } from "./client-options";

type Values = Record<string, unknown>;

/** The editor's placeholder for a saved password. */
const UNCHANGED = "__PWRD__";
const VARIABLE = /\$\{\S+\}/;

/**
 * Returns the settings of a server in the editor, deployed or not. The editor sends environment variables unresolved,
 * and secrets only if they were changed. A user who may edit must not learn secrets and variables through a test. So
 * the saved key and secret are used only for the address with which they were saved. Variables are resolved only for
 * that address, if the same setting is saved with the same text.
 *
 * @throws {SurveillanceError} CONFIG_INVALID for other addresses and variables
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
  /** The settings as entered, with variables. */
  config: Values;
  credentials: Values;
  /** Tells whether an address is the saved one. */
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
  throw new SurveillanceError(
    "CONFIG_INVALID",
    `${name} uses an environment variable that is not deployed.`,
    {
      advice: "Deploy first: variables are resolved only then. Or test with the value itself.",
    },
  );
}

function record(value: unknown): Values {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
