import { createHash, createHmac, randomBytes } from "node:crypto";
import { pathOf } from "../request-path";
import { sameText, type AuthenticatedRequest, type Authenticator, type AuthVerdict } from "./authenticator";
import { headerParameters } from "./header-parameters";
import { NonceCounts } from "./nonce-counts";

export interface HttpCredentials {
  username: string;
  password: string;
}

const NONCE_LIFETIME_MS = 5 * 60_000;
const REALM = "camera events";
const COUNT = /^[0-9a-f]{1,8}$/i;

/** The server side of Basic (RFC 7617) and Digest (RFC 7616, MD5 with qop=auth, which cameras use). */
export class HttpAuthenticator implements Authenticator {
  readonly #credentials: HttpCredentials;
  readonly #key = randomBytes(32);
  readonly #counts = new NonceCounts();
  readonly #now: () => number;

  constructor(credentials: HttpCredentials, now: () => number = Date.now) {
    this.#credentials = credentials;
    this.#now = now;
  }

  check({ method, url, authorization = "" }: AuthenticatedRequest): AuthVerdict {
    const [scheme, rest] = split(authorization);
    switch (scheme.toLowerCase()) {
      case "basic":
        return this.#checkBasic(rest) ? "accepted" : "refused";
      case "digest":
        return this.#checkDigest(method, url, headerParameters(rest));
      default:
        return "refused";
    }
  }

  /** The first request of a Digest client has no credentials. */
  hasTried({ authorization }: AuthenticatedRequest): boolean {
    return authorization !== undefined;
  }

  challenges(verdict: AuthVerdict = "refused"): string[] {
    const stale = verdict === "stale" ? ", stale=true" : "";
    return [
      `Digest realm="${REALM}", qop="auth", algorithm=MD5, nonce="${this.#nonce(this.#now(), randomBytes(8).toString("hex"))}"${stale}`,
      `Basic realm="${REALM}", charset="UTF-8"`,
    ];
  }

  #checkBasic(encoded: string): boolean {
    const { username, password } = this.#credentials;
    return sameText(Buffer.from(encoded, "base64").toString("utf8"), `${username}:${password}`);
  }

  #checkDigest(method: string, url: string, parameters: Map<string, string>): AuthVerdict {
    const { username, password } = this.#credentials;
    const get = (name: string): string => parameters.get(name) ?? "";
    const nonce = get("nonce");
    const [issued = "", random = ""] = nonce.split(".", 2);
    const issuedAt = Number(issued);
    if (!sameText(nonce, this.#nonce(issuedAt, random)) || get("username") !== username) return "refused";
    // A reverse proxy may have removed the first part of the path that the client signed.
    if (!pathOf(get("uri")).endsWith(pathOf(url))) return "refused";

    const counted = parameters.has("qop");
    if (counted && !COUNT.test(get("nc"))) return "refused";
    const secret = md5(`${username}:${REALM}:${password}`);
    const request = md5(`${method}:${get("uri")}`);
    const expected = counted
      ? md5([secret, nonce, get("nc"), get("cnonce"), get("qop"), request].join(":"))
      : md5([secret, nonce, request].join(":"));
    if (!sameText(get("response"), expected)) return "refused";
    // Only a client that knows the password learns that its nonce is too old or was used. It then requests a new one.
    if (this.#now() - issuedAt > NONCE_LIFETIME_MS) return "stale";
    return this.#counts.use(nonce, issuedAt, counted ? parseInt(get("nc"), 16) : 0) ? "accepted" : "stale";
  }

  /** Makes a unique nonce that contains the signed time of its issue, so that no unused nonce needs memory. */
  #nonce(issuedAt: number, random: string): string {
    const signed = `${issuedAt}.${random}`;
    return `${signed}.${createHmac("sha256", this.#key).update(signed).digest("hex")}`;
  }
}

function split(authorization: string): [string, string] {
  const space = authorization.indexOf(" ");
  return space === -1 ? [authorization, ""] : [authorization.slice(0, space), authorization.slice(space + 1)];
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
