import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { NatsConnectionOptions } from "../../src/store/nats";

/** A deployed nats-jetstream node; `connection` is missing if its settings are not valid. */
export interface NatsServerNode extends Node {
  connection?: NatsConnectionOptions;
}

/**
 * Returns the connection of a nats-jetstream node.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if no server is chosen or its settings are not valid
 */
export function natsConnectionOf(RED: NodeAPI, id: string | undefined): NatsConnectionOptions {
  const node = id === undefined ? null : (RED.nodes.getNode(id) as NatsServerNode | null);
  if (node?.connection !== undefined) return node.connection;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    node === null ? "No NATS server is chosen." : "The settings of the chosen NATS server are not valid.",
    { advice: "Choose a server, and check its settings." },
  );
}
