import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/errors";
import type { HcpClient } from "../../src/hcp/client";

/** An hcp-config node: owns the one connection to its server that all its users share. */
export interface HcpServerNode extends Node {
  /** Absent when the config node itself could not be set up; it says why. */
  client?: HcpClient;
}

/** @throws {SurveillanceError} CONFIG_INVALID when no usable server is chosen */
export function hcpClientOf(RED: NodeAPI, server: string): HcpClient {
  const client = (RED.nodes.getNode(server) as HcpServerNode | null)?.client;
  if (client === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "No usable HikCentral server is chosen.", {
      advice: "Choose one, and check its address, app key and app secret.",
    });
  }
  return client;
}
