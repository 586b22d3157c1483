import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/errors";
import type { WebhookListener } from "../../src/net/webhook";
import { serveWebhook, type ServerTls } from "../../src/net/webhook-server";
import { choiceOption, numberOption, textOption } from "./options";
import { tlsOptions } from "./tls";
import { addWebhookRoute } from "./webhook-routes";

/** Where a webhook listens, as a node's config says it. */
export interface PlaceConfig {
  listen?: string;
  port?: number | string;
  /** Id of a core tls-config node. */
  tls?: string;
}

export interface WebhookPlace {
  /** The port, where it is the node's own. Rejects when it cannot be opened. */
  listening: Promise<number | undefined>;
  close: () => Promise<void>;
}

/** Lets a listener take its posts where the config says: on Node-RED's HTTP server or on a port of its own. */
export function serve(RED: NodeAPI, config: PlaceConfig, listener: WebhookListener): WebhookPlace {
  if (choiceOption("listen", config.listen, ["node-red", "port"], "node-red") === "node-red") {
    return { listening: Promise.resolve(undefined), close: addWebhookRoute(RED, listener) };
  }
  const port = numberOption("port", config.port, { min: 0, max: 65535, integer: true });
  if (port === undefined) throw new SurveillanceError("CONFIG_INVALID", "The port to listen on is missing.");
  const tls = tlsOf(RED, textOption(config.tls));
  return serveWebhook({ port, ...(tls !== undefined && { tls }) }, listener);
}

function tlsOf(RED: NodeAPI, id: string | undefined): ServerTls | undefined {
  const options = tlsOptions(RED, id);
  if (options === undefined) return undefined;
  const { key, cert, ca, passphrase } = options as Partial<ServerTls>;
  if (key === undefined || cert === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "The TLS configuration has no certificate with its key.", {
      advice: "A server needs both.",
    });
  }
  return { key, cert, ...(ca !== undefined && { ca }), ...(passphrase !== undefined && { passphrase }) };
}
