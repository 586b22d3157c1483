import type { IncomingMessage, Server } from "node:http";

/** Tells whether a request's body must stay as it was sent. Called before any other listener gets the request. */
export type Claim = (request: IncomingMessage) => boolean;

/** body-parser's mark of a body that has been read. */
interface Parsed extends IncomingMessage {
  _body?: boolean;
}

/** One set of claims for each server, with one listener: claims change with each deploy, the server stays. */
const claims = new WeakMap<Server, Set<Claim>>();
const contentTypes = new WeakMap<IncomingMessage, string>();

/**
 * Prevents body parsers from reading some requests of an HTTP server. Node-RED's admin application has two parsers,
 * which read every JSON and form body before the HTTP nodes get the request. Parsers select by content type, so a
 * claimed request has none until `restoreContentType`. It still passes the same applications, middleware and checks of
 * credentials as any other request.
 *
 * @returns a function that removes the claim
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
  // First of all listeners, and never removed: code that has wrapped it meanwhile would still call it.
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

/** Restores the content type of a claimed request, before its body is read. */
export function restoreContentType(request: IncomingMessage): void {
  const type = contentTypes.get(request);
  if (type !== undefined) request.headers["content-type"] = type;
}
