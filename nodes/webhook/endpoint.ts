import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { AllowList } from "../../src/net/allow-list";
import type { WebhookListener } from "../../src/net/webhook";
import { serveWebhook, type ServerTls } from "../../src/net/webhook-server";
import { reportError } from "../kit/guard";
import { choiceOption, listOption, numberOption, textOption } from "../kit/options";
import { showError, type ShowStatus } from "../kit/status";
import { tlsOptions } from "../kit/tls";
import { addWebhookRoute } from "./routes";

/** Where a webhook listens, as a node's config says it. */
export interface PlaceConfig {
  listen?: string;
  port?: number | string | undefined;
  /** Id of a core tls-config node. */
  tls?: string | undefined;
  /** Addresses and networks of reverse proxies whose `X-Forwarded-For` is believed. */
  trustedProxies?: string | string[];
}

/** The node that listens. */
export interface PlaceOwner {
  RED: NodeAPI;
  node: Node;
  status: ShowStatus;
}

export interface WebhookPlace {
  /** Whether posts can come in. A failure was shown and reported then. */
  listening: Promise<boolean>;
  /** As the node's own, but what keeps posts away stays shown: nothing is green that cannot work. */
  status: ShowStatus;
  close: () => Promise<void>;
}

/** Whether the posts come in on a port of the node's own, and not on Node-RED's HTTP server. */
export function hasOwnPort({ listen }: PlaceConfig): boolean {
  return choiceOption("listen", listen, ["node-red", "port"], "node-red") === "port";
}

/**
 * Lets a listener take its posts where the config says: on Node-RED's HTTP server or on a port of its own. Says what
 * keeps them away: a port that cannot be opened, or `httpNodeAuth` in front, until a post has come through all the same.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function serve(
  { RED, node, status }: PlaceOwner,
  config: PlaceConfig,
  listener: WebhookListener,
): WebhookPlace {
  const proxies = listOption(config.trustedProxies);
  let obstacle: unknown;
  const report = (error: unknown): void => {
    obstacle = error;
    showError(status, error);
    reportError(node, error);
  };
  const placed: WebhookListener = {
    ...listener,
    ...(proxies.length > 0 && { proxies: new AllowList(proxies) }),
    receive: (post) => {
      obstacle = undefined;
      return listener.receive(post);
    },
  };
  const shown: ShowStatus = (look, text, values) => {
    if (obstacle === undefined || look === "error") status(look, text, values);
    else showError(status, obstacle);
  };

  if (!hasOwnPort(config)) {
    const close = addWebhookRoute(RED, placed);
    const guard = guardOf(RED);
    obstacle = guard;
    // The flow's Catch nodes hear nothing before all of its nodes are there.
    if (guard !== undefined) setImmediate(report, guard);
    return { listening: Promise.resolve(true), status: shown, close };
  }
  const port = numberOption("port", config.port, { min: 0, max: 65535, integer: true });
  if (port === undefined) throw new SurveillanceError("CONFIG_INVALID", "The port to listen on is missing.");
  const tls = tlsOf(RED, textOption(config.tls));
  const served = serveWebhook({ port, ...(tls !== undefined && { tls }) }, placed);
  const listening = served.listening.then(
    () => true,
    (error: unknown) => {
      report(error);
      return false;
    },
  );
  return { listening, status: shown, close: served.close };
}

/** What settings.js has put before every HTTP node: cameras and platforms cannot log in there as a rule. */
function guardOf(RED: NodeAPI): SurveillanceError | undefined {
  const { httpNodeAuth } = RED.settings as { httpNodeAuth?: unknown };
  if (!httpNodeAuth) return undefined;
  return new SurveillanceError(
    "WEBHOOK_GUARDED",
    "httpNodeAuth in settings.js stands before this node: posts without its credentials are refused with 401.",
    { advice: "Let the node listen on a port of its own, or let the sender log in with these credentials." },
  );
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
