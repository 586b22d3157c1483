import type { IncomingMessage, ServerResponse } from "node:http";
import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/errors";
import { WebhookRouter, type WebhookListener } from "../../src/net/webhook";
import { bytesOption } from "./options";

type Next = (error?: unknown) => void;
type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

/** One for each of Node-RED's HTTP applications, of which there is one, except in tests. */
const routers = new WeakMap<object, WebhookRouter>();

/**
 * Takes posts on Node-RED's own HTTP server, below `httpNodeRoot`. Several nodes may share a path, with each other and,
 * for other methods than POST, with http-in nodes. `httpNodeMiddleware` and `apiMaxLength` of the settings apply.
 *
 * Express cannot take a route away again. So one middleware is put in, once, which looks the path up and lets
 * everything pass that nobody listens to.
 *
 * @returns takes the listener away; resolves when what it had received is answered
 * @throws {SurveillanceError} CONFIG_INVALID when Node-RED serves no HTTP nodes (`httpNodeRoot: false`)
 */
export function addWebhookRoute(RED: NodeAPI, listener: WebhookListener): () => Promise<void> {
  const app = RED.httpNode as unknown;
  if ((RED.settings.httpNodeRoot as unknown) === false || typeof app !== "function") {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      "Node-RED's HTTP endpoints are off (httpNodeRoot: false).",
      {
        advice: "Set httpNodeRoot in settings.js, or let the node listen on a port of its own if it can.",
      },
    );
  }
  const max = bytesOption("apiMaxLength", RED.settings.apiMaxLength);
  const limited = max === undefined ? listener : { ...listener, maxBytes: max };
  return routerOf(RED, app).add(limited);
}

function routerOf(RED: NodeAPI, app: object): WebhookRouter {
  const known = routers.get(app);
  if (known !== undefined) return known;
  const router = new WebhookRouter();
  routers.set(app, router);
  RED.httpNode.use((request: IncomingMessage, response: ServerResponse, next: Next) => {
    if (request.method !== "POST" || router.maxBytesAt(request.url ?? "") === undefined) {
      next();
      return;
    }
    throughMiddleware(RED, request, response, (error) => {
      if (error !== undefined) next(error);
      else if (!router.dispatch(request, response)) next();
    });
  });
  return router;
}

/** What the user's settings put in front of HTTP nodes: a function or a list of them. */
function throughMiddleware(
  RED: NodeAPI,
  request: IncomingMessage,
  response: ServerResponse,
  done: Next,
): void {
  const setting = RED.settings.httpNodeMiddleware as unknown;
  const middleware = (Array.isArray(setting) ? (setting as unknown[]) : [setting]).filter(
    (entry): entry is Middleware => typeof entry === "function",
  );
  const step = (index: number): void => {
    const current = middleware[index];
    if (current === undefined) {
      done();
      return;
    }
    current(request, response, (error) => {
      if (error === undefined) step(index + 1);
      else done(error);
    });
  };
  step(0);
}
