import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export interface RtspAuthOptions {
  scheme: "none" | "basic" | "digest";
  username: string;
  password: string;
  realm: string;
  algorithm: "MD5" | "SHA-256";
  /** Whether the challenge offers qop="auth" (RFC 7616); many cameras still speak RFC 2069 on RTSP. */
  qop: boolean;
}

export type AuthResult = "granted" | "missing" | "stale" | "refused";

/** Checks the Authorization header of RTSP requests (RFC 2326 D.1, RFC 7616, RFC 7617). */
export class RtspAuth {
  readonly #options: RtspAuthOptions;
  /** The issued nonces, each with its highest request count. */
  readonly #nonces = new Map<string, number>();

  constructor(options: RtspAuthOptions) {
    this.#options = options;
  }

  /** Returns the value of WWW-Authenticate. */
  challenge(stale: boolean): string {
    const { scheme, realm, algorithm, qop } = this.#options;
    if (scheme === "basic") return `Basic realm="${realm}"`;
    const nonce = randomBytes(16).toString("hex");
    this.#nonces.set(nonce, 0);
    const [oldest] = this.#nonces.keys();
    if (this.#nonces.size > 1000 && oldest !== undefined) this.#nonces.delete(oldest);
    const fields = [`realm="${realm}"`, `nonce="${nonce}"`];
    if (algorithm !== "MD5") fields.push(`algorithm=${algorithm}`);
    if (qop) fields.push('qop="auth"');
    if (stale) fields.push("stale=TRUE");
    return `Digest ${fields.join(", ")}`;
  }

  /** Makes all issued nonces stale. */
  expire(): void {
    this.#nonces.clear();
  }

  check(header: string | undefined, method: string, uri: string): AuthResult {
    if (this.#options.scheme === "none") return "granted";
    if (header === undefined) return "missing";
    return this.#options.scheme === "basic"
      ? this.#checkBasic(header)
      : this.#checkDigest(header, method, uri);
  }

  #checkBasic(header: string): AuthResult {
    const { username, password } = this.#options;
    const expected = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    return same(header, expected) ? "granted" : "refused";
  }

  #checkDigest(header: string, method: string, uri: string): AuthResult {
    const { username, password, realm, algorithm, qop } = this.#options;
    if (!/^Digest /i.test(header)) return "refused";
    const given = parseFields(header.slice("Digest ".length));
    const nonce = given.nonce ?? "";
    if (given.username !== username || given.realm !== realm || given.uri !== uri) return "refused";
    if ((given.algorithm ?? "MD5") !== algorithm) return "refused";

    const hash = (text: string): string =>
      createHash(algorithm.replace("-", "").toLowerCase()).update(text).digest("hex");
    const a1 = hash(`${username}:${realm}:${password}`);
    const a2 = hash(`${method}:${uri}`);
    const middle = qop ? [nonce, given.nc, given.cnonce, "auth"].join(":") : nonce;
    if (qop && (given.qop !== "auth" || given.cnonce === undefined)) return "refused";
    if (!same(given.response ?? "", hash(`${a1}:${middle}:${a2}`))) return "refused";

    const used = this.#nonces.get(nonce);
    if (used === undefined) return "stale";
    if (!qop) return "granted";
    const count = /^[0-9a-f]{8}$/.test(given.nc ?? "") ? parseInt(given.nc ?? "", 16) : 0;
    if (count <= used) return "stale";
    this.#nonces.set(nonce, count);
    return "granted";
  }
}

/** Parses fields, for example `a="b \" c", d=e`. */
function parseFields(text: string): Partial<Record<string, string>> {
  const fields: Partial<Record<string, string>> = {};
  for (const [, name, quoted, plain] of text.matchAll(/([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)) {
    if (name !== undefined) fields[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "";
  }
  return fields;
}

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
