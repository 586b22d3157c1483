import { createHash } from "node:crypto";
import type { Request } from "express";
import type { NodeAPI } from "node-red";
import { SurveillanceError, toError } from "../../src/core/errors";
import type { ArmedEvent } from "../../src/isapi/device/arming";
import { deviceOrigin } from "../../src/isapi/connection/origin";
import { IsapiDevice } from "../../src/isapi/device/device";
import { discoverDevices } from "../../src/isapi/device/discovery";
import { adminRoute } from "../kit/admin-routes";
import {
  clientOptions,
  deviceOf,
  type IsapiConfig,
  type IsapiCredentials,
  type IsapiDeviceNode,
} from "./device-node";

/** What the editor shows instead of a password it was never given. */
const UNCHANGED = "__PWRD__";
/** A refused password is not tried again as long as a device would lock the account for it. */
const REFUSED_MS = 31 * 60_000;
const MAX_REFUSED = 100;

interface TestBody extends IsapiConfig, IsapiCredentials {
  id?: string;
}

/** What the editor asks of devices: test a connection, list channels, search the network. */
export function registerIsapiRoutes(RED: NodeAPI): void {
  const refused = new Map<string, number>();

  adminRoute(RED, {
    method: "post",
    path: "/isapi-config/test",
    permission: "isapi-config.write",
    secrets: ({ body }: Request) => [(body as TestBody).password ?? ""],
    handler: async ({ body }) => {
      const options = clientOptions(RED, body as TestBody, credentialsFor(RED, body as TestBody));
      const attempt = createHash("sha256")
        .update(JSON.stringify([deviceOrigin(options.url).origin, options.username, options.password]))
        .digest("hex");
      assertNotRefused(refused, attempt);
      const device = new IsapiDevice(options);
      try {
        return { ...(await device.info()), channels: await device.channels(), ...(await armingOf(device)) };
      } catch (thrown) {
        if (thrown instanceof SurveillanceError && thrown.code === "ISAPI_AUTH") remember(refused, attempt);
        throw thrown;
      } finally {
        await device.close();
      }
    },
  });

  adminRoute(RED, {
    method: "get",
    path: "/isapi-config/:id/channels",
    permission: "isapi-config.read",
    handler: async ({ params }) => ({ channels: await deviceOf(RED, params.id).channels() }),
  });

  adminRoute(RED, {
    method: "post",
    path: "/isapi-config/discover",
    permission: "isapi-config.write",
    handler: async () => ({ devices: await discoverDevices() }),
  });
}

/** What the device is set to tell. A device that does not say so is still connected. */
async function armingOf(device: IsapiDevice): Promise<{ events: ArmedEvent[] } | { eventsError: string }> {
  try {
    return { events: await device.arming() };
  } catch (thrown) {
    return { eventsError: toError(thrown).message };
  }
}

/** A stored password only goes to the device it was stored for. */
function credentialsFor(RED: NodeAPI, body: TestBody): IsapiCredentials {
  if (body.password !== UNCHANGED) return body;
  const node = RED.nodes.getNode(body.id ?? "") as IsapiDeviceNode | null;
  const stored = node?.credentials as IsapiCredentials | undefined;
  const sameDevice =
    typeof body.url === "string" && node?.device?.client.origin.origin === deviceOrigin(body.url).origin;
  if (stored === undefined || !sameDevice) {
    throw new SurveillanceError("CONFIG_INVALID", "The stored password belongs to another address.", {
      advice: "Enter the password again, or deploy first.",
    });
  }
  return { ...stored, ...(body.username === undefined ? {} : { username: body.username }) };
}

function assertNotRefused(refused: ReadonlyMap<string, number>, attempt: string): void {
  if ((refused.get(attempt) ?? 0) <= Date.now()) return;
  throw new SurveillanceError("ISAPI_LOCKED", "The device has refused this user name and password before.", {
    advice: "They are not tried again, so that it does not lock the account.",
  });
}

function remember(refused: Map<string, number>, attempt: string): void {
  const [oldest] = refused.keys();
  if (refused.size >= MAX_REFUSED && oldest !== undefined) refused.delete(oldest);
  refused.set(attempt, Date.now() + REFUSED_MS);
}
