import path from "node:path";
import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { CallbackReport } from "../../src/hcp/diagnosis/reports";
import { adminRoute } from "../kit/admin-routes";

/** An hcp-event-in node as it runs. */
export interface EventInNode extends Node {
  /** Compares the subscription and posts to the callback address. Absent where the node could not be set up. */
  testCallback?: () => Promise<CallbackReport>;
}

/**
 * The test of a node's callback address. It works with the node as it is deployed: who may ask for it chooses neither the
 * address nor what is posted there, and gets nothing to see of the answer.
 */
export function serveCallbackTest(RED: NodeAPI): void {
  adminRoute(RED, {
    method: "post",
    path: "/hcp-event-in/test",
    permission: "hcp-event-in.write",
    handler: async ({ body }) => {
      const { id } = body as { id?: unknown };
      const node = typeof id === "string" ? (RED.nodes.getNode(id) as EventInNode | null) : null;
      if (node?.testCallback === undefined) {
        throw new SurveillanceError("CONFIG_INVALID", "The node is not deployed, or could not be started.");
      }
      return await node.testCallback();
    },
  });
}

/** Where a node keeps what it has delivered; undefined for a Node-RED without a user directory. */
export function journalOf(RED: NodeAPI, node: Node): string | undefined {
  const { userDir } = RED.settings as { userDir?: unknown };
  if (typeof userDir !== "string" || userDir === "") return undefined;
  return path.join(userDir, "surveillance", "hcp-event-in", encodeURIComponent(node.id));
}
