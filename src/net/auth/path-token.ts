import { pathOf, trimSlashes } from "../request-path";
import { sameText, type AuthenticatedRequest, type Authenticator, type AuthVerdict } from "./authenticator";

const BEARER = /^Bearer\s+/i;

/**
 * A secret token as the last segment of the path, for senders that can only be given an address. A sender that can set
 * headers may send it as `Authorization: Bearer …` instead (RFC 6750).
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

  /** Always: a sender does not wait to be asked for a token, so an address without the right one is out of date or mistyped. */
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
