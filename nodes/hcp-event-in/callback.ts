import path from "node:path";
import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { CallbackReport } from "../../src/hcp/diagnosis/reports";
import { adminRoute } from "../kit/admin-routes";

/** A running hcp-event-in node. */
export interface EventInNode extends Node {
  /** Compares the subscription and posts to the callback address. Absent if the node could not be set up. */
  testCallback?: () => Promise<CallbackReport>;
}

/**
 * Serves the test of a node's callback address. It uses the deployed node: the request from the editor chooses neither
 * the address nor the body of the post, and does not receive the response.
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
        throw new SurveillanceError("CONFIG_INVALID", "The node is not deployed, or did not start.");
      }
      return await node.testCallback();
    },
  });
}

/** Returns the journal file of a node; undefined for a Node-RED without a user directory. */
export function journalOf(RED: NodeAPI, node: Node): string | undefined {
  const { userDir } = RED.settings as { userDir?: unknown };
  if (typeof userDir !== "string" || userDir === "") return undefined;
  return path.join(userDir, "surveillance", "hcp-event-in", encodeURIComponent(node.id));
}
