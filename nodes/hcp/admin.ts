import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { Fields } from "../../src/core/fields";
import { operations } from "../../src/hcp/catalogue";
import { HcpClient } from "../../src/hcp/request/client";
import { problemOf, testConnection } from "../../src/hcp/diagnosis/connection-test";
import {
  listResources,
  resourceKinds,
  resourceOfParameter,
  type ResourceName,
} from "../../src/hcp/request/resources";
import { options as settings } from "../hcp-config/options";
import { adminRoute } from "../kit/admin-routes";
import { readOptions } from "../kit/read-options";
import type { OperationList } from "./admin-data";
import { hcpClientOptions } from "./server";
import { openServer } from "./open-server";

/** Seconds that somebody waits in front of a dialog. */
const MAX_WAIT = 20;

/**
 * The catalogue, for the form of hcp-request. It is fetched when a dialog first needs it: in the node's own HTML each
 * editor would load its 200 KB at every start.
 */
export function serveOperations(RED: NodeAPI): void {
  const list: OperationList = {
    operations,
    pickers: Object.fromEntries(resourceOfParameter),
  };
  adminRoute(RED, {
    method: "get",
    path: "/hcp-request/operations",
    permission: "hcp-request.read",
    handler: () => Promise.resolve(list),
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
      const { server } = body as Fields;
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
      const { server, kind } = body as Fields;
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
  const [config, credentials] = openServer(RED, server);
  const options = hcpClientOptions(RED, readOptions(settings, config), credentials);
  const client = new HcpClient({ ...options, timeout: Math.min(options.timeout ?? MAX_WAIT, MAX_WAIT) });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
