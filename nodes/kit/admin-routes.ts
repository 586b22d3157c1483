import type { IncomingMessage } from "node:http";
import type { Request, Response } from "express";
import type { NodeAPI } from "node-red";
import { SurveillanceError, toError } from "../../src/core/errors";
import { createRedactor } from "../../src/core/redact";
import type { AdminFailure } from "./admin-failure";

export interface AdminRoute {
  method: "get" | "post";
  /** Below the editor's root: `/isapi-config/test`. */
  path: string;
  /** `isapi-config.write`: what the user needs to be allowed. */
  permission: string;
  handler: (request: Request) => Promise<unknown>;
  /** Texts that must never stand in an answer. */
  secrets?: (request: Request) => string[];
}

/** Faults of the one who asks, rather than of what was asked. */
const CLIENT_FAULTS = new Set(["CONFIG_INVALID"]);

/**
 * Gives the editor a question to ask of the runtime. Errors are answered as `{ error, code }`, without secrets. A POST
 * takes JSON, so that nothing secret stands in a URL. Does nothing where the editor is switched off.
 *
 * Node-RED 4 answers other sites' pages, too (CORS), and without `adminAuth` a user of the editor is whoever's browser
 * can reach it. So what a browser asks for another site's page is refused, whatever the permission.
 */
export function adminRoute(RED: NodeAPI, route: AdminRoute): void {
  const { method, path, permission, handler, secrets } = route;
  if (typeof (RED.httpAdmin as unknown) !== "function") return;
  RED.httpAdmin[method](
    path,
    RED.auth.needsPermission(permission),
    (request: Request, response: Response) => {
      const refuse = (status: number, failure: AdminFailure): void => {
        response.status(status).json(failure);
      };
      if (isFromElsewhere(request)) {
        refuse(403, { error: "Only Node-RED's own editor may ask for this.", code: "FORBIDDEN" });
        return;
      }
      if (method === "post" && !isJsonObject(request)) {
        refuse(415, { error: "The request's body must be a JSON object.", code: "NOT_JSON" });
        return;
      }
      const redact = createRedactor(secrets?.(request) ?? []);
      handler(request)
        .then((answer) => response.json(answer))
        .catch((thrown: unknown) => {
          const error = toError(thrown);
          const code = error instanceof SurveillanceError ? error.code : "OTHER";
          refuse(CLIENT_FAULTS.has(code) ? 400 : 502, { error: redact(error.message), code });
        });
    },
  );
}

/** By what browsers say of themselves; older ones, and those on plain HTTP, only tell the origin of the page. */
function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  if (origin === undefined) return false;
  const forwarded = headers["x-forwarded-host"];
  const host = (Array.isArray(forwarded) ? forwarded[0] : forwarded) ?? headers.host;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

function isJsonObject({ body, headers }: Request): boolean {
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  return isObject && /\bjson\b/.test(headers["content-type"] ?? "");
}
