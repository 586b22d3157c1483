import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { DetectionServers } from "../../src/vision/model-types";

/** A deployed inference-server node; `servers` is missing if its settings are not valid. */
export interface InferenceServerNode extends Node {
  servers?: DetectionServers;
}

export interface InferenceServerCredentials {
  token?: string;
}

/**
 * Returns the inference servers of a node's settings.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if none are chosen or their settings are not valid
 */
export function inferenceServersOf(RED: NodeAPI, id: string | undefined): DetectionServers {
  const node = id === undefined ? null : (RED.nodes.getNode(id) as InferenceServerNode | null);
  if (node?.servers !== undefined) return node.servers;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    node === null
      ? "No inference server is chosen."
      : "The settings of the chosen inference server are not valid.",
    { advice: "Choose an inference server, and check its settings." },
  );
}
