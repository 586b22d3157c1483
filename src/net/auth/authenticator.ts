import { createHash, timingSafeEqual } from "node:crypto";

/** The parts of a request that are needed to check its credentials. */
export interface AuthenticatedRequest {
  method: string;
  /** As in the request line. Only the path of an absolute URL (`http://host/path`) counts. */
  url: string;
  authorization: string | undefined;
}

export type AuthVerdict = "accepted" | "refused" | "stale";

/** Decides which requests may post. */
export interface Authenticator {
  check(request: AuthenticatedRequest): AuthVerdict;
  /**
   * Tells whether a request has credentials. A refusal without credentials is part of the protocol and not reported.
   */
  hasTried(request: AuthenticatedRequest): boolean;
  /** Returns the values of `WWW-Authenticate`, the strongest scheme first. */
  challenges(verdict?: AuthVerdict): string[];
}

/** Compares two texts by their hashes, in a time that does not depend on the secret. */
export function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
