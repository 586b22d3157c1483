import { createHash } from "node:crypto";
import type { Request } from "express";
import type { NodeAPI } from "node-red";
import { SurveillanceError, toError } from "../../src/core/errors";
import { RecentMap } from "../../src/core/recent-map";
import type { ArmedEvent } from "../../src/isapi/device/arming";
import { deviceOrigin } from "../../src/isapi/connection/origin";
import { IsapiDevice } from "../../src/isapi/device/device";
import { discoverDevices } from "../../src/isapi/device/discovery";
import { adminRoute } from "../kit/admin-routes";
import { deviceOf, type IsapiCredentials, type IsapiDeviceNode } from "../isapi/device-node";
import { readOptions } from "../kit/read-options";
import { clientOptions } from "./client-options";
import { options } from "./options";

/** What the editor shows in place of a stored password, which it never receives. */
const UNCHANGED = "__PWRD__";
/** A refused password is not tried again as long as a device would lock the account for it. */
const REFUSED_MS = 31 * 60_000;
const MAX_REFUSED = 100;

/** The fields of the open dialog. */
interface TestBody extends IsapiCredentials {
  id?: string;
  url?: unknown;
}

/** The routes of the editor: test a connection, list channels, search the network. */
export function registerIsapiRoutes(RED: NodeAPI): void {
  const refused = new RecentMap<string, number>(MAX_REFUSED);

  adminRoute(RED, {
    method: "post",
    path: "/isapi-config/test",
    permission: "isapi-config.write",
    secrets: ({ body }: Request) => [(body as TestBody).password ?? ""],
    handler: async ({ body }) => {
      const fields = body as TestBody;
      const settings = clientOptions(RED, readOptions(options, fields), credentialsFor(RED, fields));
      const attempt = createHash("sha256")
        .update(JSON.stringify([deviceOrigin(settings.url).origin, settings.username, settings.password]))
        .digest("hex");
      assertNotRefused(refused, attempt);
      const device = new IsapiDevice(settings);
      try {
        return { ...(await device.info()), channels: await device.channels(), ...(await armingOf(device)) };
      } catch (thrown) {
        if (thrown instanceof SurveillanceError && thrown.code === "ISAPI_AUTH")
          refused.set(attempt, Date.now() + REFUSED_MS);
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

/** The events that the device is set to send. A device that does not list them is still connected. */
async function armingOf(device: IsapiDevice): Promise<{ events: ArmedEvent[] } | { eventsError: string }> {
  try {
    return { events: await device.arming() };
  } catch (thrown) {
    return { eventsError: toError(thrown).message };
  }
}

/** A stored password goes only to the device that it was stored for. */
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

function assertNotRefused(refused: RecentMap<string, number>, attempt: string): void {
  if ((refused.get(attempt) ?? 0) <= Date.now()) return;
  throw new SurveillanceError("ISAPI_LOCKED", "The device has refused this user name and password before.", {
    advice: "They are not tried again, so that it does not lock the account.",
  });
}
