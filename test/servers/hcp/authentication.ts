import { createHmac } from "node:crypto";
import { Refusal } from "./gateway-response";

/** A request as received. */
export interface WireRequest {
  method: string;
  /** Path and query, undecoded. */
  target: string;
  /** Name, value, name, value … as received. */
  rawHeaders: readonly string[];
}

const TOLERANCE_MS = 15 * 60 * 1000;
const UNSIGNED =
  "x-ca-signature,x-ca-signature-headers,accept,content-md5,content-type,date,content-length,server,connection,host," +
  "transfer-encoding,x-application-context,content-encoding";
const FORBIDDEN_IN_USER_ID = /['/\\:*?"<>|]/;

/**
 * Checks from the received bytes alone whether a request is signed by the guide's chapter 3.2. Written from the guide,
 * independently of the client that it checks.
 */
export class Authentication {
  readonly #nonces = new Map<string, number>();

  constructor(
    /** Secrets by key. */
    private readonly partners: Readonly<Record<string, string>>,
    private readonly now: () => number,
  ) {}

  /**
   * @returns the key of the partner
   * @throws {Refusal} with the code that a gateway sends
   */
  check(request: WireRequest): string {
    const headers = collect(request.rawHeaders);
    const key = headers.get("x-ca-key");
    if (key === undefined || key === "") throw new Refusal("0x02401000", "AppKey is empty", 401);
    const secret = this.partners[key];
    if (secret === undefined)
      throw new Refusal("0x02401001", "the partner of the AppKey does not exist", 401);
    const signature = headers.get("x-ca-signature");
    if (signature === undefined || signature === "")
      throw new Refusal("0x02401002", "Signature is empty", 401);

    const signed = signedHeaderNames(headers);
    const stringToSign = this.#stringToSign(request, headers, signed);
    const expected = createHmac("sha256", Buffer.from(secret, "utf8")).update(stringToSign, "utf8");
    if (signature !== expected.digest("base64")) {
      // Newer builds print the partner's secret.
      throw new Refusal(
        "0x02401003",
        `api AK/SK signature authentication failed,Invalid Signature! and StringToSign: ${stringToSign}` +
          `, apiName : simulated, appKey : ${key}, secret : ${secret}`,
        401,
      );
    }
    this.#checkFreshness(headers);
    const userId = headers.get("userid");
    if (
      userId !== undefined &&
      (userId.length < 1 || userId.length > 32 || FORBIDDEN_IN_USER_ID.test(userId))
    ) {
      throw new Refusal("0x00072003", "userId has the wrong format");
    }
    return key;
  }

  #stringToSign(request: WireRequest, headers: Map<string, string>, signed: readonly string[]): string {
    const [path = "", query = ""] = request.target.split("?", 2);
    let text = `${request.method}\n`;
    for (const name of ["accept", "content-md5", "content-type", "date"]) {
      const value = headers.get(name);
      if (value !== undefined) text += `${value}\n`;
    }
    for (const name of signed) text += `${name}:${headers.get(name) ?? ""}\n`;
    return text + path + canonicalQuery(query);
  }

  #checkFreshness(headers: Map<string, string>): void {
    const timestamp = headers.get("x-ca-timestamp");
    if (timestamp !== undefined) {
      if (!/^\d{13}$/.test(timestamp))
        throw new Refusal("0x02401008", "X-Ca-Timestamp is not in milliseconds", 401);
      if (Math.abs(Number(timestamp) - this.now()) > TOLERANCE_MS) {
        throw new Refusal("0x02401008", "the time stamp has expired", 401);
      }
    }
    const nonce = headers.get("x-ca-nonce");
    if (nonce === undefined) return;
    for (const [old, time] of this.#nonces) if (this.now() - time > TOLERANCE_MS) this.#nonces.delete(old);
    if (this.#nonces.has(nonce)) throw new Refusal("0x02401008", "the nonce was used before", 401);
    this.#nonces.set(nonce, this.now());
  }
}

function collect(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    if (headers.has(name)) throw new Refusal("0x0240100a", `the header ${name} comes twice`, 400);
    headers.set(name, rawHeaders[index + 1]?.trim() ?? "");
  }
  return headers;
}

function signedHeaderNames(headers: Map<string, string>): string[] {
  const list = headers.get("x-ca-signature-headers");
  if (list === undefined) throw new Refusal("0x02401002", "X-Ca-Signature-Headers is missing", 401);
  const names = list === "" ? [] : list.split(",");
  const inOrder = names.every((name, index) => index === 0 || (names[index - 1] ?? "") < name);
  const allowed = names.every((name) => headers.has(name) && !UNSIGNED.split(",").includes(name));
  const caHeaders = ["x-ca-key", "x-ca-timestamp", "x-ca-nonce"].filter((name) => headers.has(name));
  if (!inOrder || !allowed || !caHeaders.every((name) => names.includes(name))) {
    throw new Refusal("0x02401002", `X-Ca-Signature-Headers is not usable: ${list}`, 401);
  }
  return names;
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  const parameters: Record<string, string> = {};
  for (const pair of query.split("&")) {
    const [name = "", value = ""] = pair
      .split("=", 2)
      .map((part) => decodeURIComponent(part.replaceAll("+", " ")));
    parameters[name] ??= value;
  }
  const names = Object.keys(parameters).sort();
  return `?${names.map((name) => (parameters[name] ? `${name}=${parameters[name]}` : name)).join("&")}`;
}
