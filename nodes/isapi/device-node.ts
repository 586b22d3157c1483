import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { IsapiDevice } from "../../src/isapi/device/device";

/** A deployed isapi-config node; `device` is missing if its settings are not valid. */
export interface IsapiDeviceNode extends Node {
  device?: IsapiDevice;
}

export interface IsapiCredentials {
  username?: string;
  password?: string;
}

/**
 * Returns the device of a node's settings.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if no device is chosen or its settings are not valid
 */
export function deviceOf(RED: NodeAPI, id: unknown): IsapiDevice {
  const node = typeof id === "string" ? (RED.nodes.getNode(id) as IsapiDeviceNode | null) : null;
  if (node?.device !== undefined) return node.device;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    node === null ? "No ISAPI device is chosen." : "The settings of the chosen ISAPI device are not valid.",
    { advice: "Choose a device, and check its settings." },
  );
}

/**
 * Returns the host and credentials for a stream of the device. Its RTSP server has the same users.
 *
 * @throws {SurveillanceError} CONFIG_INVALID as {@link deviceOf}
 */
export function deviceStreamOf(
  RED: NodeAPI,
  id: unknown,
): { host: string; username?: string; password: string } {
  const { host } = deviceOf(RED, id);
  const { username, password = "" } = (RED.nodes.getNode(id as string) as Node<IsapiCredentials>).credentials;
  return { host, password, ...(username !== undefined && { username }) };
}
