import type { IncomingMessage, Server } from "node:http";

/** Whether a request's body is wanted as it was sent; asked before anything else has seen the request. */
export type Claim = (request: IncomingMessage) => boolean;

/** body-parser's mark of a body that has been read. */
interface Parsed extends IncomingMessage {
  _body?: boolean;
}

/** One set, and one listener, for each server: a deploy replaces claims, and the server outlives it. */
const claims = new WeakMap<Server, Set<Claim>>();
const aside = new WeakMap<IncomingMessage, string>();

/**
 * Keeps the body parsers that stand in front on an HTTP server off some requests. Node-RED's admin application has
 * two, which read every JSON and form body before the HTTP nodes get their turn. Parsers choose by the content type, so
 * that is put aside until `giveBack`. The request itself goes the way it always goes: through the same
 * applications, middleware and checks of credentials.
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
  // In front of every other listener, and never taken away: who has wrapped it since would go on calling it.
  server.prependListener("request", (request: IncomingMessage) => {
    for (const claim of made) {
      if (claim(request)) {
        putAside(request);
        return;
      }
    }
  });
  return made;
}

function putAside(request: Parsed): void {
  const type = request.headers["content-type"];
  if (type !== undefined) aside.set(request, type);
  delete request.headers["content-type"];
  request._body = true;
}

/** Puts the content type of a claimed request back, for whoever takes the body. */
export function giveBack(request: IncomingMessage): void {
  const type = aside.get(request);
  if (type !== undefined) request.headers["content-type"] = type;
}
