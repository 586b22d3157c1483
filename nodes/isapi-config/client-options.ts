import type { NodeAPI } from "node-red";
import type { IsapiClientOptions } from "../../src/isapi/connection/client";
import type { IsapiCredentials } from "../isapi/device-node";
import type { OptionValues } from "../kit/option-kinds";
import { tlsOptions } from "../kit/tls";
import type { options } from "./options";

/**
 * Returns the client's options for the settings of a node.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the chosen tls-config node does not exist
 */
export function clientOptions(
  RED: NodeAPI,
  settings: OptionValues<typeof options>,
  { username = "", password = "" }: IsapiCredentials,
): IsapiClientOptions {
  const tls = tlsOptions(RED, settings.tls);
  return {
    ...settings,
    url: settings.url ?? "",
    username,
    password,
    tls,
    // Both the node and its tls-config node can switch verification off.
    verifyTls: settings.verifyTls && tls?.rejectUnauthorized !== false,
  };
}
