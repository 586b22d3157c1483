import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { HcpClient } from "../../src/hcp/request/client";

/** An hcp-config node. It owns the client of its server, which all other nodes share. */
export interface HcpServerNode extends Node {
  /** Absent if the config node itself could not be set up. Its status shows why. */
  client?: HcpClient;
}

/**
 * Returns the client of a chosen server.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if no valid server is chosen
 */
export function hcpClientOf(RED: NodeAPI, server: string | undefined): HcpClient {
  const node = server === undefined ? null : (RED.nodes.getNode(server) as HcpServerNode | null);
  if (node?.client === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "No valid HikCentral server is chosen.", {
      advice: "Choose one, and check its address, app key and app secret.",
    });
  }
  return node.client;
}
