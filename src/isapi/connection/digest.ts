import { createHash } from "node:crypto";

// HTTP Digest and Basic. Sources: RFC 2617, RFC 7616, RFC 7617.

export interface Challenge {
  /** In lower case: `digest`, `basic`, … */
  scheme: string;
  /** Names in lower case, values without quotes. */
  params: Readonly<Record<string, string>>;
}

export interface DigestCredentials {
  username: string;
  password: string;
}

export interface DigestRequest {
  method: string;
  /** Path and query, as in the request line. */
  uri: string;
  /** The number of requests with this nonce, including this one. */
  count: number;
  clientNonce: string;
}

/** The strongest is first. */
const algorithms = [
  { name: "SHA-256", hash: "sha256" },
  { name: "MD5", hash: "md5" },
] as const;

// Sticky, so that they continue at `lastIndex`. None has two neighbours that match the same blank: that costs quadratic
// time.
const SEPARATORS = /[\s,]*/y;
const SCHEME = /([A-Za-z][A-Za-z0-9-]*)(?=\s|$)/y;
const PARAM = /([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",\s]*))/y;

/** Parses WWW-Authenticate. One header may contain several challenges, and a response several headers. */
export function parseChallenges(header: string | string[] | undefined): Challenge[] {
  const challenges: Challenge[] = [];
  for (const value of header === undefined ? [] : [header].flat()) {
    let at = 0;
    const next = (pattern: RegExp): RegExpExecArray | null => {
      pattern.lastIndex = at;
      const match = pattern.exec(value);
      if (match !== null) at = pattern.lastIndex;
      return match;
    };
    let params: Record<string, string> | undefined;
    for (next(SEPARATORS); at < value.length; next(SEPARATORS)) {
      const param = params === undefined ? null : next(PARAM);
      if (param !== null && params !== undefined) {
        const [, name = "", quoted, token] = param;
        params[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? token ?? "";
        continue;
      }
      const scheme = next(SCHEME);
      if (scheme === null) break;
      params = {};
      challenges.push({ scheme: (scheme[1] ?? "").toLowerCase(), params });
    }
  }
  return challenges;
}

function algorithmOf(challenge: Challenge): { name: string; hash: string; session: boolean } | undefined {
  const declared = challenge.params.algorithm ?? "MD5";
  const base = declared.replace(/-sess$/i, "").toUpperCase();
  const known = algorithms.find(({ name }) => name === base);
  return known && { name: declared, hash: known.hash, session: /-sess$/i.test(declared) };
}

/** Returns the strongest supported Digest challenge: SHA-256 before MD5. */
export function chooseDigest(challenges: readonly Challenge[]): Challenge | undefined {
  const rank = (challenge: Challenge): number =>
    algorithms.findIndex(({ hash }) => hash === algorithmOf(challenge)?.hash);
  return challenges
    .filter(({ scheme, params }) => scheme === "digest" && params.nonce !== undefined)
    .filter((challenge) => rank(challenge) >= 0 && qopOf(challenge) !== "unsupported")
    .sort((a, b) => rank(a) - rank(b))[0];
}

/** Returns undefined if the device does not support qop (RFC 2069). */
function qopOf({ params }: Challenge): "auth" | "unsupported" | undefined {
  if (params.qop === undefined || params.qop.trim() === "") return undefined;
  const offered = params.qop.split(",").map((qop) => qop.trim().toLowerCase());
  return offered.includes("auth") ? "auth" : "unsupported";
}

/** Tells whether only the nonce was too old. Devices write `TRUE`, `"true"`, or leave the parameter out. */
export function isStale(challenge: Challenge): boolean {
  return challenge.params.stale?.toLowerCase() === "true";
}

/** Returns the value of the Authorization header. */
export function digestHeader(
  challenge: Challenge,
  { username, password }: DigestCredentials,
  { method, uri, count, clientNonce }: DigestRequest,
): string {
  const algorithm = algorithmOf(challenge) ?? { name: "MD5", hash: "md5", session: false };
  const digest = (text: string): string => createHash(algorithm.hash).update(text).digest("hex");
  const { realm = "", nonce = "", opaque } = challenge.params;
  const qop = qopOf(challenge);
  const nonceCount = count.toString(16).padStart(8, "0");

  const secret = digest(`${username}:${realm}:${password}`);
  const first = algorithm.session ? digest(`${secret}:${nonce}:${clientNonce}`) : secret;
  const second = digest(`${method}:${uri}`);
  const response =
    qop === undefined
      ? digest(`${first}:${nonce}:${second}`)
      : digest(`${first}:${nonce}:${nonceCount}:${clientNonce}:${qop}:${second}`);

  const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
  const fields = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    // Only if the device names an algorithm: some devices reject parameters that their challenge does not contain.
    ...(challenge.params.algorithm === undefined ? [] : [`algorithm=${algorithm.name}`]),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${nonceCount}`]),
    ...(qop !== undefined || algorithm.session ? [`cnonce="${clientNonce}"`] : []),
  ];
  return `Digest ${fields.join(", ")}`;
}

/** Returns the value of the Authorization header, with the password in Base64 and not encrypted. */
export function basicHeader({ username, password }: DigestCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
