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

/** The endpoint at which a node receives posts. */
export interface WebhookEndpoint extends Source {
  /** Whether posts can arrive. If not, the failure was shown and reported. */
  listening: Promise<boolean>;
  /** Shows the node's status, but keeps an obstacle to posts visible: a node that cannot work is not green. */
  status: ShowStatus;
}

/**
 * Opens an endpoint on Node-RED's HTTP server or on a separate port. Shows and reports obstacles to posts: a port that
 * cannot be opened, or `httpNodeAuth` until the first post arrives.
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
  if (port === undefined) throw new SurveillanceError("CONFIG_INVALID", "The port is missing.");
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

/** Returns the obstacle `httpNodeAuth` of settings.js: most cameras and platforms cannot log in there. */
function httpNodeAuthOf(RED: NodeAPI): SurveillanceError | undefined {
  const { httpNodeAuth } = RED.settings as { httpNodeAuth?: unknown };
  if (!httpNodeAuth) return undefined;
  return new SurveillanceError(
    "WEBHOOK_GUARDED",
    "httpNodeAuth in settings.js protects this path: posts without its credentials get 401.",
    { advice: "Use a separate port for this node, or set these credentials in the sender." },
  );
}

function tlsOf(RED: NodeAPI, id: string | undefined): ServerTls | undefined {
  const options = tlsOptions(RED, id);
  if (options === undefined) return undefined;
  const { key, cert, ca, passphrase } = options as Partial<ServerTls>;
  if (key === undefined || cert === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "The TLS configuration lacks a certificate or its key.", {
      advice: "Add both: a port with TLS needs them.",
    });
  }
  return { key, cert, ...(ca !== undefined && { ca }), ...(passphrase !== undefined && { passphrase }) };
}
