import { sameText, type Authenticator, type AuthenticatedRequest, type AuthVerdict } from "./http-auth";
import { pathOf, trimSlashes } from "./request-path";

const BEARER = /^Bearer\s+/i;

/**
 * For senders that can only be given an address: a secret token as the last segment of the path. Who can set headers
 * may send it as `Authorization: Bearer …` instead (RFC 6750).
 */
export class PathToken implements Authenticator {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  check({ url, authorization = "" }: AuthenticatedRequest): AuthVerdict {
    const shown = BEARER.test(authorization) ? authorization.replace(BEARER, "").trim() : lastSegment(url);
    return sameText(shown, this.#token) ? "accepted" : "refused";
  }

  /** Nobody waits to be asked for a token: without the right one, an address is out of date or mistyped. */
  hasTried(): boolean {
    return true;
  }

  challenges(): string[] {
    return ["Bearer"];
  }
}

function lastSegment(url: string): string {
  const segment = trimSlashes(pathOf(url)).split("/").pop() ?? "";
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
