import type { Request } from "express";
import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { testServers } from "../../src/vision/worker/server-test";
import type { InferenceServerCredentials, InferenceServerNode } from "../detection/inference-server-node";
import { adminRoute } from "../kit/admin-routes";
import { readOptions } from "../kit/read-options";
import { detectionServers } from "./detection-servers";
import { options } from "./options";

/** The editor's placeholder for a stored token. The editor does not receive the token. */
const UNCHANGED = "__PWRD__";

/** The fields of the open dialog. */
interface TestBody extends InferenceServerCredentials {
  id?: string;
}

/** Registers the route of the button "Test". */
export function registerTestRoute(RED: NodeAPI): void {
  adminRoute(RED, {
    method: "post",
    path: "/inference-server/test",
    permission: "inference-server.write",
    secrets: ({ body }: Request) => [
      (body as TestBody).token ?? "",
      storedBy(RED, body as TestBody)?.token ?? "",
    ],
    handler: async ({ body }) => {
      const fields = body as TestBody;
      const servers = detectionServers(RED, readOptions(options, fields), {});
      const token = tokenFor(RED, fields, servers.urls);
      return { servers: await testServers({ ...servers, ...(token && { token }) }) };
    },
  });
}

function storedBy(RED: NodeAPI, { id = "" }: TestBody): InferenceServerNode["servers"] {
  return (RED.nodes.getNode(id) as InferenceServerNode | null)?.servers;
}

/** Returns the token of the dialog. Uses a stored one only for the addresses that it was stored for. */
function tokenFor(RED: NodeAPI, body: TestBody, urls: readonly string[]): string | undefined {
  if (body.token !== UNCHANGED) return body.token;
  const stored = storedBy(RED, body);
  const origins = new Set(stored?.urls.map((url) => new URL(url).origin));
  if (stored !== undefined && urls.every((url) => origins.has(new URL(url).origin))) return stored.token;
  throw new SurveillanceError("CONFIG_INVALID", "The stored token belongs to other addresses.", {
    advice: "Enter the token again, or deploy first.",
  });
}
