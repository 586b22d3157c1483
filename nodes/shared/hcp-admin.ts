import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/errors";
import { operations } from "../../src/hcp/catalogue";
import { HcpClient } from "../../src/hcp/client";
import { problemOf, testConnection } from "../../src/hcp/connection-test";
import {
  listResources,
  resourceKinds,
  resourceOfParameter,
  type ResourceName,
} from "../../src/hcp/resources";
import { adminRoute } from "./admin-routes";
import type { OperationsAnswer } from "./hcp-admin-data";
import { hcpClientOptions, type HcpCredentials, type HcpServerConfig } from "./hcp-server";

/** How the editor shows a password that it does not know. */
const UNCHANGED = "__PWRD__";
/** Seconds that somebody waits in front of a dialog. */
const PATIENCE = 20;

/**
 * The catalogue, for the form of hcp-request. It is fetched when a dialog first needs it: in the node's own HTML each
 * editor would load its 200 KB at every start.
 */
export function serveOperations(RED: NodeAPI): void {
  const answer: OperationsAnswer = {
    operations,
    pickers: Object.fromEntries(resourceOfParameter),
  };
  adminRoute(RED, {
    method: "get",
    path: "/hcp-request/operations",
    permission: "hcp-request.read",
    handler: () => Promise.resolve(answer),
  });
}

/**
 * The test of a connection, and lists of what a platform has. Both work with the settings as they stand in the editor,
 * deployed or not. That makes this process call whatever address the editor sends, as deploying does; so it takes the
 * permission to change servers.
 */
export function serveServerHelpers(RED: NodeAPI): void {
  adminRoute(RED, {
    method: "post",
    path: "/hcp-config/test",
    permission: "hcp-config.write",
    handler: async ({ body }) => {
      const { server } = record(body);
      try {
        return await withClient(RED, server, (client) => testConnection(client));
      } catch (error) {
        return problemOf(error);
      }
    },
  });
  adminRoute(RED, {
    method: "post",
    path: "/hcp-config/resources",
    permission: "hcp-config.write",
    handler: async ({ body }) => {
      const { server, kind } = record(body);
      if (typeof kind !== "string" || !Object.hasOwn(resourceKinds, kind)) {
        throw new SurveillanceError("CONFIG_INVALID", "There is no such kind of resource.");
      }
      return await withClient(RED, server, (client) => listResources(client, kind as ResourceName));
    },
  });
}

async function withClient<T>(
  RED: NodeAPI,
  server: unknown,
  use: (client: HcpClient) => Promise<T>,
): Promise<T> {
  const options = hcpClientOptions(RED, ...openSettings(RED, server));
  const client = new HcpClient({ ...options, timeout: Math.min(options.timeout ?? PATIENCE, PATIENCE) });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Settings as the editor holds them: environment variables unresolved, secrets only where they were changed. */
function openSettings(RED: NodeAPI, server: unknown): [HcpServerConfig, Partial<HcpCredentials>] {
  const { credentials, id, ...config } = record(server);
  const known = typeof id === "string" ? id : "";
  const node = RED.nodes.getNode(known) as Parameters<typeof RED.util.evaluateNodeProperty>[2] | null;
  const saved = record(RED.nodes.getCredentials(known));
  const entered = record(credentials);
  const resolve = (value: unknown): unknown => {
    // Without a node of that id, variables come from the environment alone, not from the flow.
    if (typeof value !== "string" || !/\$\{\S+\}/.test(value)) return value;
    return RED.util.evaluateNodeProperty(value, "env", node as never, {}) as unknown;
  };
  const resolved = (values: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, resolve(value)]));
  const changed = Object.entries(entered).filter(
    ([, value]) => value !== UNCHANGED && typeof value === "string",
  );
  return [
    resolved(config) as unknown as HcpServerConfig,
    resolved({ ...saved, ...Object.fromEntries(changed) }),
  ];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
