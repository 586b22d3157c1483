import { randomUUID } from "node:crypto";
import { SurveillanceError } from "../../core/errors";
import type { HttpRequest } from "./http";
import { sign } from "./sign";

export interface SignedRequestParts {
  /** `https://host:port` */
  origin: string;
  /** Absolute path, context path included. May have a query. */
  target: string;
  appKey: string;
  appSecret: string;
  userId: string | undefined;
  headers: Readonly<Record<string, string>> | undefined;
  body: object;
  /** Milliseconds since 1970. */
  now: number;
}

export interface SignedRequest {
  request: HttpRequest;
  /** The path without its query. */
  path: string;
  stringToSign: string;
}

/** Makes the HTTP request of an operation, with its signature (guide, chapter 3). */
export function signedRequest(parts: SignedRequestParts): SignedRequest {
  const { origin, target, appKey, appSecret, userId, body, now } = parts;
  const url = new URL(origin + target);
  const headers: Record<string, string> = {
    Accept: "*/*",
    "Content-Type": "application/json",
    "X-Ca-Key": appKey,
    "X-Ca-Nonce": randomUUID(),
    "X-Ca-Timestamp": String(now),
    ...parts.headers,
  };
  if (userId !== undefined) headers.userId = userId;
  const path = url.pathname;
  const query = url.search === "" ? undefined : url.searchParams;
  const { signature, signatureHeaders, stringToSign } = sign({
    method: "POST",
    path,
    query,
    headers,
    secret: appSecret,
  });
  headers["X-Ca-Signature"] = signature;
  headers["X-Ca-Signature-Headers"] = signatureHeaders;
  return {
    request: { origin: url.origin, path: path + url.search, headers, body: JSON.stringify(body) },
    path,
    stringToSign,
  };
}

/** Characters that the guide forbids in a user id, or that an HTTP header cannot hold. */
const BAD_USER_ID = /['/\\:*?"<>|]|[^\x20-\x7e]/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * Checks the values of headers.
 *
 * @throws {SurveillanceError} CONFIG_INVALID for a value that an HTTP header cannot hold
 */
export function checkHeaders({
  userId,
  headers = {},
}: Partial<Pick<SignedRequestParts, "userId" | "headers">>): void {
  checkUserId(userId);
  const broken = Object.entries(headers).find(([, value]) => !PRINTABLE.test(value))?.[0];
  if (broken === undefined) return;
  throw new SurveillanceError("CONFIG_INVALID", `The value of ${broken} is not allowed in an HTTP header.`);
}

/**
 * Checks a user id.
 *
 * @throws {SurveillanceError} CONFIG_INVALID for an id that the guide forbids
 */
export function checkUserId(userId: string | undefined): void {
  if (userId === undefined || (userId.length >= 1 && userId.length <= 32 && !BAD_USER_ID.test(userId)))
    return;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    "The user ID must have 1 to 32 characters and must not contain ' / \\ : * ? \" < > |.",
  );
}
