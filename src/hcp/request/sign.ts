import { createHmac } from "node:crypto";

/** Parameters in the order they are sent. If a name occurs twice, the gateway signs only the first value. */
export type Parameters = Iterable<readonly [name: string, value: string]>;

export interface SignInput {
  method: string;
  /** Absolute path as in the request line, context path included (`/artemis/api/…`), without the query. */
  path: string;
  /** The query, decoded. */
  query?: Parameters | undefined;
  /** The fields of a form body, decoded. A JSON body is not part of the signature. */
  form?: Parameters | undefined;
  /**
   * Every header to sign, with the exact bytes that are sent. Accept, Content-MD5, Content-Type and Date have separate
   * lines; the others are listed by name. Headers that the gateway never signs are ignored.
   */
  headers: Readonly<Record<string, string>>;
  secret: string;
}

export interface Signature {
  /** The signed text: `\n` between lines, none at the end. */
  stringToSign: string;
  /** Base64, for `X-Ca-Signature`. */
  signature: string;
  /** For `X-Ca-Signature-Headers`: the names of the custom headers that were signed. */
  signatureHeaders: string;
}

/** These four are signed by value, in this order, each only when the request has it. */
const standardHeaders = ["accept", "content-md5", "content-type", "date"] as const;

/** Never signed as custom headers (guide, 3.2). */
const unsignedHeaders: ReadonlySet<string> = new Set([
  ...standardHeaders,
  "x-ca-signature",
  "x-ca-signature-headers",
  "content-length",
  "server",
  "connection",
  "host",
  "transfer-encoding",
  "x-application-context",
  "content-encoding",
]);

/**
 * Signs a request for the Artemis gateway: HMAC-SHA256 of the string to sign with the app secret, as base64.
 * Source: HikCentral Professional OpenAPI guide 2.2.2, chapter 3.2.
 */
export function sign({ method, path, query, form, headers, secret }: SignInput): Signature {
  const values = new Map<string, string>();
  const custom: string[] = [];
  for (const given in headers) {
    const name = given.toLowerCase();
    values.set(name, (headers[given] ?? "").trim());
    if (!unsignedHeaders.has(name)) custom.push(name);
  }
  custom.sort();
  let stringToSign = `${method.toUpperCase()}\n`;
  // An absent header has no line at all; a blank one keeps its empty line.
  for (const name of standardHeaders) {
    const value = values.get(name);
    if (value !== undefined) stringToSign += `${value}\n`;
  }
  for (const name of custom) stringToSign += `${name}:${values.get(name) ?? ""}\n`;
  stringToSign += signedUri(path, query, form);
  return {
    stringToSign,
    signature: createHmac("sha256", secret).update(stringToSign, "utf8").digest("base64"),
    signatureHeaders: custom.join(","),
  };
}

/** Returns the path with query and form merged, sorted by name. A parameter without a value is its name alone. */
function signedUri(path: string, query: Parameters = [], form: Parameters = []): string {
  const first = new Map<string, string>();
  for (const parameters of [query, form]) {
    for (const [name, value] of parameters) if (!first.has(name)) first.set(name, value);
  }
  if (first.size === 0) return path;
  const parameters = [...first]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  return `${path}?${parameters.join("&")}`;
}
