import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { claimBodies, restoreContentType } from "../../src/net/webhook/body-claim";
import { belowRoot, isAtPath, pathOf, trimSlashes } from "../../src/net/request-path";
import type { WebhookListener } from "../../src/net/webhook/listener";
import { WebhookRouter } from "../../src/net/webhook/router";
import { textOption } from "../kit/options";

type Next = (error?: unknown) => void;
type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

/** Paths below `httpAdminRoot` for posts of the editor and Node-RED's own nodes. Node-RED must parse these bodies. */
const ADMIN_PATHS = new Set(
  "auth,credentials,debug,flow,flows,inject,library,nodes,projects,settings".split(","),
);

/** One router for each of Node-RED's HTTP applications. There is only one, except in tests. */
const routers = new WeakMap<object, WebhookRouter>();

/**
 * Receives posts on Node-RED's HTTP server, below `httpNodeRoot`, with unchanged bytes. Several nodes may share a path,
 * with each other and, for methods other than POST, with http-in nodes. The settings `httpNodeAuth` and
 * `httpNodeMiddleware` apply; `apiMaxLength` does not, because the listener has its own limit.
 *
 * Express cannot remove a route. So one middleware is added once. It looks up the path and passes on every request
 * without a listener.
 *
 * @returns a function that removes the listener and resolves when all its posts have a response
 * @throws {SurveillanceError} CONFIG_INVALID if Node-RED serves no HTTP nodes (`httpNodeRoot: false`)
 */
export function addWebhookRoute(RED: NodeAPI, listener: WebhookListener): () => Promise<void> {
  const app = RED.httpNode as unknown;
  if ((RED.settings.httpNodeRoot as unknown) === false || typeof app !== "function") {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      "The HTTP endpoints of Node-RED are off (httpNodeRoot: false).",
      { advice: "Set httpNodeRoot in settings.js, or use a separate port for this node." },
    );
  }
  const root = textOption(RED.settings.httpNodeRoot) ?? "/";
  const remove = routerOf(RED, app).add(listener);
  // A program that embeds Node-RED may have no server here. Then there is no body parser before its application.
  const server = RED.server as Server | undefined;
  const unclaim =
    server &&
    claimBodies(server, ({ method, url = "" }) => {
      if (method !== "POST") return false;
      const below = belowRoot(url, root);
      return below !== undefined && isAtPath(below, listener.paths) && !isAdminPath(RED, url);
    });
  return () => {
    unclaim?.();
    return remove();
  };
}

function isAdminPath(RED: NodeAPI, url: string): boolean {
  const setting = RED.settings.httpAdminRoot as unknown;
  const below = setting === false ? undefined : belowRoot(url, textOption(setting) ?? "/");
  if (below === undefined) return false;
  return ADMIN_PATHS.has(trimSlashes(pathOf(below)).split("/", 1)[0]?.toLowerCase() ?? "");
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
    restoreContentType(request);
    throughMiddleware(RED, request, response, (error) => {
      if (error !== undefined) next(error);
      else if (!router.dispatch(request, response)) next();
    });
  });
  return router;
}

/** Runs the setting `httpNodeMiddleware`, a function or a list of functions, before the HTTP nodes. */
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
