import { SurveillanceError } from "../core/errors";

/** The address of a stream, with and without its secrets. */
export interface StreamSource {
  /** With percent-encoded credentials: for ffmpeg's standard input only. */
  url: string;
  /** Host and path, without credentials: a name for logs, topics and messages. */
  name: string;
  /** Texts that must not appear in logs, messages or errors. */
  secrets: string[];
}

/** ffmpeg stores the userinfo of an RTSP URL in 128 bytes and cuts off the rest (libavformat/rtsp.c). */
const MAX_USERINFO_BYTES = 127;
/** Half of a surrogate pair, which no encoding can express. */
const HALF_CHARACTER = /\p{Surrogate}/u;
/** Some cameras expect the login in the path or query: `/user=admin&password=secret&channel=1`. */
const SECRET_PARAMETER = /\b((?:password|passwd|pwd|pass|token|auth)=)([^&/?#]+)/gi;

/**
 * Parses an RTSP URL. Userinfo may be percent-encoded or not. A separate user name replaces the userinfo.
 *
 * @throws {SurveillanceError} CONFIG_INVALID; the error does not quote the URL, because it may contain a password
 */
export function parseStreamUrl(
  text: string,
  login: { username?: string; password?: string } = {},
): StreamSource {
  if (/^\[[a-z]+:/i.test(text))
    throw invalid("belongs to a video management system", "Enter the camera's rtsp:// URL.");
  const match = /^(rtsps?):\/\/(.+)$/i.exec(text.trim());
  if (match === null) throw notRtsp(text.trim());
  const [, scheme = "", rest = ""] = match;
  const { userinfo, address } = splitUserinfo(rest);
  const host = /^(\[[0-9a-f:.]+\]|[^\s:/?#@'"[\]]+)(:\d{1,5})?(?=[/?#]|$)/i.exec(address);

  if (host === null || /[\s\u0000-\u001f]/.test(address))
    throw invalid("has no valid host or path", "Check its spelling.");
  if (isObscureAddress(host[1] ?? ""))
    throw invalid(
      "has an address in hexadecimal, octal or as one number",
      "Write the address as four decimal numbers, for example 192.0.2.10.",
    );

  const own = userinfo === undefined ? undefined : splitLogin(userinfo);
  const username = login.username ?? own?.username;
  const password = login.username === undefined ? (own?.password ?? login.password) : login.password;
  let credentials = "";
  if (username !== undefined) {
    if (HALF_CHARACTER.test(username + (password ?? "")))
      throw invalid("has a user name or password with half a character", "Enter them again.");
    credentials = `${encode(username)}:${encode(password ?? "")}`;
    if (Buffer.byteLength(credentials) > MAX_USERINFO_BYTES)
      throw invalid(
        "has a user name and password too long for ffmpeg",
        `Together they can have ${MAX_USERINFO_BYTES} bytes, percent-encoded.`,
      );
    credentials += "@";
  }
  return {
    url: `${scheme.toLowerCase()}://${credentials}${address}`,
    name: address.replace(/[?#].*$/, "").replace(SECRET_PARAMETER, "$1***"),
    secrets: [
      ...[password, encode(password ?? ""), own?.password, userinfo],
      ...[...address.matchAll(SECRET_PARAMETER)].map((parameter) => parameter[2]),
    ].filter((secret): secret is string => secret !== undefined && secret !== ""),
  };
}

const EXAMPLE = "rtsp://192.0.2.10:554/Streaming/Channels/101";

function notRtsp(text: string): SurveillanceError {
  if (/^https?:/i.test(text))
    return invalid(
      "is the address of a web page or an image (http), not of a stream",
      `Enter the camera's RTSP address, for example ${EXAMPLE}. For single images, use isapi-snapshot.`,
    );
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  if (scheme !== undefined)
    return invalid(`begins with ${scheme.toLowerCase()}://, which is not RTSP`, `Example: ${EXAMPLE}.`);
  return invalid(
    "does not begin with rtsp:// or rtsps://",
    `Put rtsp:// in front of it, for example ${EXAMPLE}.`,
  );
}

/** Tells whether the C library reads a host as an IPv4 address that is not four decimal numbers. */
function isObscureAddress(host: string): boolean {
  const parts = host.split(".");
  const isNumber = (part: string): boolean => /^(0x[0-9a-f]*|\d+)$/i.test(part);
  if (!parts.every(isNumber)) return false;
  return parts.length !== 4 || parts.some((part) => /^0./.test(part) || Number(part) > 255);
}

/** Returns the host of a stream, without the port. */
export function hostOf({ name }: StreamSource): string {
  return /^\[[^\]]*\]|^[^:/]*/.exec(name)?.[0] ?? name;
}

/**
 * Separates the userinfo from the address. An unescaped password may contain `@` and `/`, so userinfo ends at the last
 * `@` before the path. If the text before the first slash is not a host and port, that slash belongs to the password.
 */
function splitUserinfo(rest: string): { userinfo: string | undefined; address: string } {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? "";
  const isAddress = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.test(authority);
  const at = authority.includes("@") || isAddress ? authority.lastIndexOf("@") : rest.lastIndexOf("@");
  return at < 0
    ? { userinfo: undefined, address: rest }
    : { userinfo: rest.slice(0, at), address: rest.slice(at + 1) };
}

function splitLogin(userinfo: string): { username: string; password: string } {
  const colon = userinfo.indexOf(":");
  const [username, password] =
    colon < 0 ? [userinfo, ""] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  return { username: decode(username), password: decode(password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The password contains an unescaped %.
    return text;
  }
}

/** Encodes like encodeURIComponent, but also quotes and brackets. To save bytes, it keeps what a URL allows. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/['()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%(24|26|2B|2C|3B|3D)/g, (code) => decodeURIComponent(code));
}

function invalid(what: string, advice: string): SurveillanceError {
  return new SurveillanceError("CONFIG_INVALID", `The stream's URL ${what}.`, { advice });
}
