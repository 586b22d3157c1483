import type { Request, Response } from "express";
import type { NodeAPI } from "node-red";
import { SurveillanceError, toError } from "../../src/errors";
import { createRedactor } from "../../src/redact";

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
 * takes JSON, so that nothing secret stands in a URL.
 */
export function adminRoute(RED: NodeAPI, route: AdminRoute): void {
  const { method, path, permission, handler, secrets } = route;
  RED.httpAdmin[method](
    path,
    RED.auth.needsPermission(permission),
    (request: Request, response: Response) => {
      const redact = createRedactor(secrets?.(request) ?? []);
      handler(request)
        .then((answer) => response.json(answer))
        .catch((thrown: unknown) => {
          const error = toError(thrown);
          const code = error instanceof SurveillanceError ? error.code : "OTHER";
          response.status(CLIENT_FAULTS.has(code) ? 400 : 502).json({ error: redact(error.message), code });
        });
    },
  );
}
