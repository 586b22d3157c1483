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

/** The editor's placeholder for a stored password. The editor does not receive the password. */
const UNCHANGED = "__PWRD__";
/** A rejected password is not sent again while the device may lock the account for it. */
const REJECTED_MS = 31 * 60_000;
const MAX_REJECTED = 100;

/** The fields of the open dialog. */
interface TestBody extends IsapiCredentials {
  id?: string;
  url?: unknown;
}

/** Registers the routes of the editor: test a connection, list channels, search the network. */
export function registerIsapiRoutes(RED: NodeAPI): void {
  const rejected = new RecentMap<string, number>(MAX_REJECTED);

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
      assertNotRejected(rejected, attempt);
      const device = new IsapiDevice(settings);
      try {
        return { ...(await device.info()), channels: await device.channels(), ...(await armingOf(device)) };
      } catch (thrown) {
        if (thrown instanceof SurveillanceError && thrown.code === "ISAPI_AUTH")
          rejected.set(attempt, performance.now() + REJECTED_MS);
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

/** Reads the events that the device is set to send. An error in this does not fail the test of the connection. */
async function armingOf(device: IsapiDevice): Promise<{ events: ArmedEvent[] } | { eventsError: string }> {
  try {
    return { events: await device.arming() };
  } catch (thrown) {
    return { eventsError: toError(thrown).message };
  }
}

/** Returns the credentials of the dialog. Uses a stored password only for the device that it was stored for. */
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

function assertNotRejected(rejected: RecentMap<string, number>, attempt: string): void {
  if ((rejected.get(attempt) ?? 0) <= performance.now()) return;
  throw new SurveillanceError(
    "ISAPI_LOCKED",
    "The device has already rejected this user name and password.",
    {
      advice: "Correct them. The same ones are not sent again, so that the device does not lock the account.",
    },
  );
}
