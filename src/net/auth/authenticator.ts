import { createHash, timingSafeEqual } from "node:crypto";

/** The parts of a request that its credentials are checked with. */
export interface AuthenticatedRequest {
  method: string;
  /** As in the request line; an absolute one (`http://host/path`) counts as its path. */
  url: string;
  authorization: string | undefined;
}

export type AuthVerdict = "accepted" | "refused" | "stale";

/** Decides who may post. */
export interface Authenticator {
  check(request: AuthenticatedRequest): AuthVerdict;
  /** Whether a sender has shown credentials. A refusal without any is part of the protocol and is not reported. */
  hasTried(request: AuthenticatedRequest): boolean;
  /** The values of `WWW-Authenticate`, the strongest scheme first. */
  challenges(verdict?: AuthVerdict): string[];
}

/** Compares two texts by their hashes, in a time that tells nothing about the secret. */
export function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
