import { pathOf, trimSlashes } from "../request-path";
import { sameText, type AuthenticatedRequest, type Authenticator, type AuthVerdict } from "./authenticator";

const BEARER = /^Bearer\s+/i;

/**
 * Checks a secret token in the last segment of the path, for senders whose only setting is an address. A sender that
 * supports headers may send the token as `Authorization: Bearer …` instead (RFC 6750).
 */
export class PathToken implements Authenticator {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  check({ url, authorization = "" }: AuthenticatedRequest): AuthVerdict {
    const token = BEARER.test(authorization) ? authorization.replace(BEARER, "").trim() : lastSegment(url);
    return sameText(token, this.#token) ? "accepted" : "refused";
  }

  /** Returns true: a sender does not wait for a challenge, so an address without the token is outdated or mistyped. */
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
