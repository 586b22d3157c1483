import type { ConnectionOptions } from "node:tls";
import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";

export type TlsConfig = Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase" | "servername"> & {
  rejectUnauthorized?: boolean;
};

interface TlsConfigNode extends Node {
  addTLSOptions: (options: TlsConfig) => TlsConfig;
}

/**
 * Returns the options of Node-RED's tls-config node; undefined if none is chosen.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the chosen node does not exist
 */
export function tlsOptions(RED: NodeAPI, id: string | undefined): TlsConfig | undefined {
  if (id === undefined) return undefined;
  const node = RED.nodes.getNode(id) as TlsConfigNode | null;
  if (node === null) {
    throw new SurveillanceError("CONFIG_INVALID", "The chosen TLS configuration does not exist.", {
      advice: "If it is new, deploy first.",
    });
  }
  return node.addTLSOptions({});
}
