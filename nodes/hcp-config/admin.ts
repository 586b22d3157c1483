import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { Fields } from "../../src/core/fields";
import { HcpClient } from "../../src/hcp/request/client";
import { problemOf, testConnection } from "../../src/hcp/diagnosis/connection-test";
import { listResources, resourceKinds, type ResourceName } from "../../src/hcp/request/resources";
import { adminRoute } from "../kit/admin-routes";
import { readOptions } from "../kit/read-options";
import { hcpClientOptions } from "./client-options";
import { openServer } from "./open-server";
import { options as settings } from "./options";

/** The timeout of requests from a dialog, in seconds. */
const MAX_WAIT = 20;

/**
 * Serves the connection test and the lists of a platform's resources. Both use the settings in the editor, deployed or
 * not. This process sends requests to the address from the editor, as after a deploy, so both require the permission to
 * change servers.
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
        throw new SurveillanceError("CONFIG_INVALID", "Unknown kind of resource.");
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
