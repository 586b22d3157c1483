import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { IsapiDevice } from "../../src/isapi/device/device";

/** A deployed isapi-config node; `device` is missing where its settings cannot be used. */
export interface IsapiDeviceNode extends Node {
  device?: IsapiDevice;
}

export interface IsapiCredentials {
  username?: string;
  password?: string;
}

/**
 * The device that a node is configured to use.
 *
 * @throws {SurveillanceError} CONFIG_INVALID where none is chosen or its configuration cannot be used
 */
export function deviceOf(RED: NodeAPI, id: unknown): IsapiDevice {
  const node = typeof id === "string" ? (RED.nodes.getNode(id) as IsapiDeviceNode | null) : null;
  if (node?.device !== undefined) return node.device;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    node === null ? "No ISAPI device is chosen." : "The chosen ISAPI device's settings cannot be used.",
    { advice: "Choose a device, and correct its settings." },
  );
}

/**
 * What a stream of the device is opened with: its RTSP server has the same users.
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
