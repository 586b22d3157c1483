import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { NatsConnectionOptions } from "../../src/store/nats";
import type { OptionValues } from "../kit/option-kinds";
import { tlsOptions } from "../kit/tls";
import type { options } from "./options";

/** What the user enters, as Node-RED keeps it. Empty fields are not used. */
export interface NatsCredentials {
  username?: string;
  password?: string;
  token?: string;
  /** The seed of an nkey */
  nkey?: string;
  /** The content of a credentials file */
  credentials?: string;
}

const ADDRESS = /^((nats|tls):\/\/)?(\[[0-9a-f:]+\]|[^\s/@:]+)(:\d{1,5})?$/i;
const DOMAIN = /^[\w-]+$/;

/**
 * Returns the connection for the settings of a node.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function connectionOptions(
  RED: NodeAPI,
  { servers, tls: tlsId, domains }: OptionValues<typeof options>,
  { username = "", password = "", token = "", nkey = "", credentials = "" }: NatsCredentials,
): NatsConnectionOptions {
  const address = servers.findIndex((server) => !ADDRESS.test(server));
  if (address >= 0) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `Address ${address + 1} of the NATS servers is not valid.`,
      {
        advice: "Write nats://host:4222 or tls://host:4222. User name and password have their own fields.",
      },
    );
  }
  const domain = domains.find((name) => !DOMAIN.test(name));
  if (domain !== undefined) {
    throw new SurveillanceError("CONFIG_INVALID", `The domain ${domain} is not valid.`, {
      advice: "A JetStream domain has letters, digits, _ and - only.",
    });
  }
  const tls = tlsOptions(RED, tlsId);
  return {
    servers,
    ...(username !== "" && { username, password }),
    ...(token !== "" && { token }),
    ...(nkey !== "" && { nkey }),
    ...(credentials !== "" && { credentials }),
    ...(tls !== undefined && { tls }),
    ...(domains.length > 0 && { domains }),
  };
}
