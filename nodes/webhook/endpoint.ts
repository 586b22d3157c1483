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
import { Answers } from "./answers";
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
  /**
   * Sends a message with an event. Resolves when the event is stored, if the sender's response depends on it.
   * @throws {Error} it was not stored
   */
  send: (msg: object) => Promise<void>;
  /**
   * Waits for the events of a post, but not longer than a sender waits for its response.
   * @throws {SurveillanceError} EVENT_NOT_STORED
   */
  inTime: <Result>(stored: Promise<Result>) => Promise<Result>;
}

/**
 * Opens an endpoint on Node-RED's HTTP server or on a separate port. Shows and reports obstacles to posts: a port that
 * cannot be opened, or `httpNodeAuth` until the first post arrives.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openEndpoint(
  { RED, node, status }: EndpointOwner,
  options: OptionValues<typeof endpointOptions>,
  listener: WebhookListener,
): WebhookEndpoint {
  const { listen, port, tls: tlsNode, trustedProxies } = options;
  let obstacle: unknown;
  let last: Parameters<ShowStatus> | undefined;
  const answers = new Answers({ RED, node }, options, () => {
    if (last !== undefined) shown(...last);
  });
  const accept = answers.limited(listener.receive);
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
      return accept(post);
    },
  };
  const shown: ShowStatus = (...wanted) => {
    last = wanted;
    const failure = obstacle ?? answers.failure;
    if (failure === undefined || wanted[0] === "error") status(...wanted);
    else showError(status, failure);
  };
  const sending = {
    status: shown,
    send: (msg: object) => answers.send(msg),
    inTime: <Result>(stored: Promise<Result>) => answers.inTime(stored),
  };

  if (listen === "node-red") {
    const close = addWebhookRoute(RED, watched);
    obstacle = httpNodeAuthOf(RED);
    // The flow's Catch nodes receive nothing before all nodes of the flow exist.
    if (obstacle !== undefined) setImmediate(report, obstacle);
    return { ...sending, listening: Promise.resolve(true), close };
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
  return { ...sending, listening, close: served.close };
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
