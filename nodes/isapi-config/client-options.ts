import type { NodeAPI } from "node-red";
import type { IsapiClientOptions } from "../../src/isapi/connection/client";
import type { IsapiCredentials } from "../isapi/device-node";
import type { OptionValues } from "../kit/option-kinds";
import { tlsOptions } from "../kit/tls";
import type { options } from "./options";

/** @throws {SurveillanceError} CONFIG_INVALID where the chosen tls-config node does not exist */
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
    // Either place can switch verification off.
    verifyTls: settings.verifyTls && tls?.rejectUnauthorized !== false,
  };
}
