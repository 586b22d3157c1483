import type { IncomingMessage } from "node:http";
import type { Request, Response } from "express";
import type { NodeAPI } from "node-red";
import { SurveillanceError, toError } from "../../src/core/errors";
import { createRedactor } from "../../src/core/redact";
import { plainAddress } from "../../src/net/webhook/allow-list";
import { networkOf } from "../../src/net/webhook/sender";
import type { AdminFailure } from "./admin-failure";

export interface AdminRoute {
  method: "get" | "post";
  /** Below the editor's root: `/isapi-config/test`. */
  path: string;
  /** The permission that the user needs: `isapi-config.write`. */
  permission: string;
  handler: (request: Request) => Promise<unknown>;
  /** Returns texts that a response must never contain. */
  secrets?: (request: Request) => string[];
}

/** Error codes that the client causes, not the other system. */
const CLIENT_ERRORS = new Set(["CONFIG_INVALID"]);
/** More than the open dialogs of one user need. Each request can occupy a device for seconds. */
const MAX_IN_PROGRESS = 10;

/**
 * Adds a route to Node-RED's admin application, for the editor. An error becomes `{ error, code }`, without secrets. A
 * POST accepts JSON, so that no URL contains secrets. Does nothing if the editor is switched off.
 *
 * Node-RED 4 also responds to pages of other sites (CORS). Without `adminAuth`, every browser that can reach the editor
 * has all permissions. So requests from pages of other sites are refused, whatever the permission. The requests in
 * progress of each sender have a limit.
 */
export function adminRoute(RED: NodeAPI, route: AdminRoute): void {
  const { method, path, permission, handler, secrets } = route;
  if (typeof (RED.httpAdmin as unknown) !== "function") return;
  const inProgress = new Map<string, number>();
  RED.httpAdmin[method](
    path,
    RED.auth.needsPermission(permission),
    (request: Request, response: Response) => {
      const refuse = (status: number, failure: AdminFailure): void => {
        response.status(status).json(failure);
      };
      if (isCrossSite(request)) {
        const error =
          "Only the Node-RED editor may send this request. Configure a reverse proxy to pass the Host header on.";
        refuse(403, { error, code: "FORBIDDEN" });
        return;
      }
      if (method === "post" && !isJsonObject(request)) {
        refuse(415, { error: "The request body must be a JSON object.", code: "NOT_JSON" });
        return;
      }
      const sender = networkOf(plainAddress(request.socket.remoteAddress));
      const count = inProgress.get(sender) ?? 0;
      if (count >= MAX_IN_PROGRESS) {
        refuse(429, { error: "Too many of these requests are in progress. Try again later.", code: "BUSY" });
        return;
      }
      inProgress.set(sender, count + 1);
      const redact = createRedactor(secrets?.(request) ?? []);
      handler(request)
        .then((result) => response.json(result))
        .catch((thrown: unknown) => {
          const error = toError(thrown);
          const code = error instanceof SurveillanceError ? error.code : "OTHER";
          refuse(CLIENT_ERRORS.has(code) ? 400 : 502, { error: redact(error.message), code });
        })
        .finally(() => {
          const left = (inProgress.get(sender) ?? 1) - 1;
          if (left > 0) inProgress.set(sender, left);
          else inProgress.delete(sender);
        });
    },
  );
}

/**
 * Reads `Sec-Fetch-Site`. Older browsers, and all browsers on plain HTTP, only send the origin of the page. It must be
 * the host of the request: a page of another site can set `X-Forwarded-Host`, because Node-RED allows every header.
 */
function isCrossSite({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

function isJsonObject({ body, headers }: Request): boolean {
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  return isObject && /\bjson\b/.test(headers["content-type"] ?? "");
}
