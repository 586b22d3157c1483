import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface GuardOptions {
  username: string;
  password: string;
  /** The value in the challenge; undefined: absent, which means MD5. */
  algorithm?: "MD5" | "MD5-sess" | "SHA-256" | "SHA-256-sess" | undefined;
  qop?: "auth" | undefined;
  opaque?: string | undefined;
  digest: boolean;
  basic: boolean;
  /** The number of failures that locks the account. */
  maxFailures: number;
  lockSeconds: number;
  /** Whether a 401 for an old nonce has `stale`. */
  saysStale: boolean;
  /** Whether a 401 contains the number of remaining attempts. */
  saysAttempts: boolean;
  /** The number of requests per nonce. */
  nonceUses: number;
  /** A new nonce invalidates all earlier ones, also those of other clients. */
  keepsOneNonce: boolean;
  /** Paths with a 401 for every user. */
  deniedPaths: readonly string[];
  now: () => number;
}

const REALM = "IP Camera(A1234)";
const FIELD = /([a-z]+)=(?:"([^"]*)"|([^",\s]+))/g;

export type Verdict =
  { granted: true } | { granted: false; challenge: string[]; body: string; reason: string; counted: boolean };

/**
 * The login of a device: HTTP Digest, checked strictly by RFC 7616 and RFC 2617, and the account lock of Hikvision's
 * web service.
 */
export class DigestGuard {
  readonly #options: GuardOptions;
  readonly #nonces = new Map<string, Set<string>>();
  #failures = 0;
  #lockedUntil = 0;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  get failures(): number {
    return this.#failures;
  }

  get isLocked(): boolean {
    return this.#lockedUntil > this.#options.now();
  }

  setPassword(password: string): void {
    this.#options.password = password;
  }

  /** Makes all nonces stale. */
  expireNonces(): void {
    this.#nonces.clear();
  }

  check(request: IncomingMessage): Verdict {
    const header = request.headers.authorization;
    if (header === undefined) return this.#refuse("no Authorization", {});
    if (this.isLocked) return this.#count("the account is locked");
    if (/^basic /i.test(header)) return this.#checkBasic(header);
    if (!/^digest /i.test(header) || !this.#options.digest)
      return this.#refuse("the scheme was not offered", {});
    return this.#checkDigest(request, fieldsOf(header));
  }

  #checkBasic(header: string): Verdict {
    const { basic, username, password } = this.#options;
    if (!basic) return this.#refuse("Basic was not offered", {});
    const given = Buffer.from(header.slice(6), "base64").toString();
    return given === `${username}:${password}` ? this.#grant() : this.#count("wrong password");
  }

  #checkDigest(request: IncomingMessage, fields: Record<string, string>): Verdict {
    const { username, algorithm, qop, opaque, nonceUses, deniedPaths } = this.#options;
    const used = this.#nonces.get(fields.nonce ?? "");
    if (used === undefined) return this.#refuse("unknown nonce", { stale: true });
    if (fields.uri !== request.url)
      return this.#count(`uri ${String(fields.uri)} is not ${String(request.url)}`);
    if (fields.algorithm !== algorithm) return this.#count(`algorithm ${String(fields.algorithm)}`);
    if (fields.realm !== REALM || fields.opaque !== opaque) return this.#count("another realm or opaque");
    if (fields.qop !== qop) return this.#count(`qop ${String(fields.qop)}`);
    if (qop !== undefined) {
      if (!/^[0-9a-f]{8}$/.test(fields.nc ?? "") || (fields.cnonce ?? "") === "")
        return this.#count("no nc or cnonce");
      if (used.has(fields.nc ?? "")) return this.#refuse("nc was used before", { stale: false });
      if (used.size >= nonceUses) return this.#refuse("the nonce was used too often", { stale: true });
      used.add(fields.nc ?? "");
    }
    if (fields.username !== username || fields.response !== this.#expected(request.method ?? "", fields)) {
      return this.#count("wrong password");
    }
    const path = request.url?.split("?")[0] ?? "";
    return deniedPaths.includes(path) ? this.#refuse("the path is denied to every user", {}) : this.#grant();
  }

  #expected(method: string, { nonce = "", nc = "", cnonce = "", uri = "" }: Record<string, string>): string {
    const { username, password, algorithm = "MD5", qop } = this.#options;
    const hash = (text: string): string =>
      createHash(algorithm.startsWith("SHA") ? "sha256" : "md5")
        .update(text)
        .digest("hex");
    const user = hash(`${username}:${REALM}:${password}`);
    const a1 = algorithm.endsWith("-sess") ? hash(`${user}:${nonce}:${cnonce}`) : user;
    const a2 = hash(`${method}:${uri}`);
    return hash(qop === undefined ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}`);
  }

  #grant(): Verdict {
    this.#failures = 0;
    return { granted: true };
  }

  /** Counts a failure. On a locked account, each failure restarts the time. */
  #count(reason: string): Verdict {
    this.#failures += 1;
    if (this.#failures >= this.#options.maxFailures) {
      this.#lockedUntil = this.#options.now() + this.#options.lockSeconds * 1000;
    }
    return this.#refuse(reason, { counted: true });
  }

  #refuse(reason: string, { stale = false, counted = false }): Verdict {
    const { digest, basic, algorithm, qop, opaque, saysStale, saysAttempts, maxFailures } = this.#options;
    const nonce = randomBytes(16).toString("hex");
    if (this.#options.keepsOneNonce) this.#nonces.clear();
    this.#nonces.set(nonce, new Set());
    const fields = [
      `realm="${REALM}"`,
      `domain="::"`,
      ...(qop === undefined ? [] : [`qop="${qop}"`]),
      `nonce="${nonce}"`,
      ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
      ...(algorithm === undefined ? [] : [`algorithm="${algorithm}"`]),
      ...(saysStale ? [`stale="${stale ? "TRUE" : "FALSE"}"`] : []),
    ];
    const locked = this.isLocked;
    const attempts = `<retryLoginTime>${maxFailures - this.#failures}</retryLoginTime>\n`;
    const remaining = Math.max(0, Math.ceil((this.#lockedUntil - this.#options.now()) / 1000));
    return {
      granted: false,
      counted,
      reason,
      challenge: [
        ...(digest ? [`digest ${fields.join(",")}`] : []),
        ...(basic ? [`Basic realm="${REALM}"`] : []),
      ],
      body:
        `<?xml version="1.0" encoding="UTF-8"?>\n<userCheck>\n<statusValue>401</statusValue>\n` +
        `<statusString>Unauthorized</statusString>\n<isDefaultPassword>false</isDefaultPassword>\n` +
        `<lockStatus>${locked ? "lock" : "unlock"}</lockStatus>\n` +
        (locked ? `<unlockTime>${remaining}</unlockTime>\n` : saysAttempts ? attempts : "") +
        `</userCheck>\n`,
    };
  }
}

function fieldsOf(header: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, name = "", quoted, token] of header.matchAll(FIELD)) fields[name] = quoted ?? token ?? "";
  return fields;
}
