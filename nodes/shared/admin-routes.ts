import type { IncomingMessage, ServerResponse } from "node:http";
import type { NodeAPI } from "node-red";
import { SurveillanceError, toError } from "../../src/errors";
import type { AdminFailure } from "./admin-failure";

/** As Node-RED's admin application hands it on: with the JSON body parsed. */
interface AdminRequest extends IncomingMessage {
  body?: unknown;
}

export interface AdminRoute {
  method: "get" | "post";
  /** Begins with the node's type: `/hcp-config/test`. */
  path: string;
  /** `hcp-config.write`: everything that makes the server act, or reach out, asks for write. */
  permission: string;
  /** Gets the JSON body of a post; what it returns goes out as JSON. */
  handle: (body: Readonly<Record<string, unknown>>) => unknown;
}

/**
 * Adds a route of the editor's to Node-RED's admin application, behind the permission that the editor's users need for
 * it. Does nothing where the editor is switched off.
 *
 * Node-RED 4 answers other sites' pages, too (CORS), and without `adminAuth` a user of the editor is whoever's browser
 * can reach it. So requests that a browser makes for another site's page are refused here, and a post has to be JSON.
 */
export function addAdminRoute(RED: NodeAPI, { method, path, permission, handle }: AdminRoute): void {
  const app = RED.httpAdmin as unknown;
  if (typeof app !== "function") return;
  const serve = async (request: AdminRequest, response: ServerResponse): Promise<void> => {
    try {
      if (isFromElsewhere(request)) {
        refuse(response, 403, { code: "FORBIDDEN", message: "Only Node-RED's own editor may ask for this." });
        return;
      }
      const { body } = request;
      const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
      if (method === "post" && !(isObject && /\bjson\b/.test(request.headers["content-type"] ?? ""))) {
        refuse(response, 415, { code: "NOT_JSON", message: "The request's body must be a JSON object." });
        return;
      }
      reply(response, 200, await handle(isObject ? (body as Record<string, unknown>) : {}));
    } catch (thrown) {
      const error = toError(thrown);
      const code = error instanceof SurveillanceError ? error.code : "OTHER";
      refuse(response, 422, { code, message: error.message });
    }
  };
  RED.httpAdmin[method](path, RED.auth.needsPermission(permission), (request, response) => {
    void serve(request, response);
  });
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

function refuse(response: ServerResponse, status: number, failure: AdminFailure): void {
  reply(response, status, failure);
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(value));
}
