import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { Source } from "../../src/events/source";
import { AllowList } from "../../src/net/webhook/allow-list";
import type { WebhookListener } from "../../src/net/webhook/listener";
import { serveWebhook, type ServerTls } from "../../src/net/webhook/server";
import { reportError } from "../kit/guard";
import type { OptionValues } from "../kit/option-kinds";
import { showError, type ShowStatus } from "../kit/status";
import { tlsOptions } from "../kit/tls";
import type { endpointOptions } from "./options";
import { addWebhookRoute } from "./routes";

/** The node that listens. */
export interface EndpointOwner {
  RED: NodeAPI;
  node: Node;
  status: ShowStatus;
}

/** A place where a node's posts come in. */
export interface WebhookEndpoint extends Source {
  /** Whether posts can come in. Where not, the failure was shown and reported. */
  listening: Promise<boolean>;
  /** The node's status, but an obstacle to posts stays shown: a node that cannot work is not green. */
  status: ShowStatus;
}

/**
 * Opens an endpoint where the options say: on Node-RED's HTTP server or on a port of its own. Shows and reports what
 * keeps posts away: a port that cannot be opened, or `httpNodeAuth` until a post has come through.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openEndpoint(
  { RED, node, status }: EndpointOwner,
  { listen, port, tls: tlsNode, trustedProxies }: OptionValues<typeof endpointOptions>,
  listener: WebhookListener,
): WebhookEndpoint {
  let obstacle: unknown;
  const report = (error: unknown): void => {
    obstacle = error;
    showError(status, error);
    reportError(node, error);
  };
  const watched: WebhookListener = {
    ...listener,
    ...(trustedProxies.length > 0 && { proxies: new AllowList(trustedProxies) }),
    receive: (post) => {
      obstacle = undefined;
      return listener.receive(post);
    },
  };
  const shown: ShowStatus = (look, text, values) => {
    if (obstacle === undefined || look === "error") status(look, text, values);
    else showError(status, obstacle);
  };

  if (listen === "node-red") {
    const close = addWebhookRoute(RED, watched);
    obstacle = httpNodeAuthOf(RED);
    // The flow's Catch nodes receive nothing before all nodes of the flow exist.
    if (obstacle !== undefined) setImmediate(report, obstacle);
    return { listening: Promise.resolve(true), status: shown, close };
  }
  if (port === undefined) throw new SurveillanceError("CONFIG_INVALID", "The port to listen on is missing.");
  const tls = tlsOf(RED, tlsNode);
  const served = serveWebhook({ port, ...(tls !== undefined && { tls }) }, watched);
  const listening = served.listening.then(
    () => true,
    (error: unknown) => {
      report(error);
      return false;
    },
  );
  return { listening, status: shown, close: served.close };
}

/** The obstacle that settings.js puts in front of every HTTP node: most cameras and platforms cannot log in there. */
function httpNodeAuthOf(RED: NodeAPI): SurveillanceError | undefined {
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
