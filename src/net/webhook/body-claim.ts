import type { IncomingMessage, Server } from "node:http";

/** Decides whether a request's body must stay as it was sent. Called before anything else sees the request. */
export type Claim = (request: IncomingMessage) => boolean;

/** body-parser's mark of a body that has been read. */
interface Parsed extends IncomingMessage {
  _body?: boolean;
}

/** One set, and one listener, for each server: a deploy replaces claims, and the server outlives it. */
const claims = new WeakMap<Server, Set<Claim>>();
const contentTypes = new WeakMap<IncomingMessage, string>();

/**
 * Keeps body parsers off some requests of an HTTP server. Node-RED's admin application has two parsers, which read every
 * JSON and form body before the HTTP nodes get the request. Parsers choose by the content type, so a claimed request has
 * none until `restoreContentType`. Otherwise it passes the same applications, middleware and checks of credentials as
 * any other request.
 *
 * @returns takes the claim away
 */
export function claimBodies(server: Server, claim: Claim): () => void {
  const known = claims.get(server) ?? install(server);
  known.add(claim);
  return () => {
    known.delete(claim);
  };
}

function install(server: Server): Set<Claim> {
  const made = new Set<Claim>();
  claims.set(server, made);
  // In front of every other listener, and never removed: code that wrapped it since would go on calling it.
  server.prependListener("request", (request: IncomingMessage) => {
    for (const claim of made) {
      if (claim(request)) {
        hideContentType(request);
        return;
      }
    }
  });
  return made;
}

function hideContentType(request: Parsed): void {
  const type = request.headers["content-type"];
  if (type !== undefined) contentTypes.set(request, type);
  delete request.headers["content-type"];
  request._body = true;
}

/** Puts the content type of a claimed request back, before its body is read. */
export function restoreContentType(request: IncomingMessage): void {
  const type = contentTypes.get(request);
  if (type !== undefined) request.headers["content-type"] = type;
}
