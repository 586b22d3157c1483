import { imageType } from "../media/sniff";
import { clockAdvice, clockAhead } from "./clock-skew";
import { HcpError, gatewayError, httpError, type Refused } from "./hcp-error";
import { explainSignature, withoutSecrets } from "./signature-diff";

/** An HTTP answer as it came. */
export interface RawReply {
  status: number;
  /** Lower case; empty where there is none. */
  contentType: string;
  /** The header of that name. */
  date: string;
  body: Buffer;
}

/** What the reader needs to know of the request: for the messages of errors. */
export interface AskedFor {
  path: string;
  stringToSign: string;
  /** Milliseconds since 1970; default the system's clock. */
  now?: () => number;
  redact: (text: string) => string;
}

export interface Reply {
  /** `"0"`, also where the gateway sends the number. */
  code: string;
  msg: string;
  /** The `data` of the answer; a picture's bytes where the answer was a picture. */
  data: unknown;
  /** Of the picture; absent where `data` is none. */
  mimeType?: string;
  /** The server's clock when it answered: its HTTP header `Date`, empty where it has none. */
  date?: string;
}

/** A reply, with what it took. */
export interface HcpReply extends Reply {
  /** The path that was asked, context path included. */
  path: string;
  durationMs: number;
}

type Picture = Required<Pick<Reply, "mimeType">> & { data: Buffer };

const DATA_URL = /^\s*data:(image\/[\w.+-]+);base64,/i;
const BRACE = 0x7b;

/**
 * Reads an answer of the gateway: the envelope `{code, msg, data}`, or a picture. That comes as bytes, as a data URL in
 * place of the envelope (guide, 5.5.11), or as Base64 in `data`, with or without the beginning of a data URL.
 *
 * @throws {HcpError} for everything that is not success
 */
export function readReply({ status, contentType, date, body }: RawReply, asked: AskedFor): Reply {
  const succeeded = status >= 200 && status < 300;
  const bytes = succeeded ? binaryPicture(contentType, body) : undefined;
  if (bytes !== undefined) return { code: "0", msg: "", date, ...bytes };
  const parsed = parse(body);
  const bare = succeeded ? textPicture(parsed) : undefined;
  if (bare !== undefined) return { code: "0", msg: "", date, ...bare };

  const envelope = envelopeOf(parsed);
  if (succeeded && envelope?.code === "0") {
    const { code, msg, data } = envelope;
    return Object.assign({ code, msg, data, date }, textPicture(data));
  }
  const where = { path: asked.path, httpStatus: status, date };
  const refused = { ...where, clockAdvice: clockAdvice(clockAhead(date, (asked.now ?? Date.now)())) };
  if (envelope !== undefined && envelope.code !== "0") throw refusal(envelope, refused, asked);
  if (!succeeded) throw httpError(refused);
  throw new HcpError("HCP_REPLY", `The answer to ${asked.path} is neither JSON with a code nor a picture.`, {
    ...where,
    advice:
      "Check that the address is the one of the OpenAPI gateway and that no login page answers in its place.",
  });
}

function refusal({ code, msg }: Envelope, where: Refused, asked: AskedFor): HcpError {
  const advice = code.toLowerCase() === "0x02401003" ? explainSignature(msg, asked.stringToSign) : undefined;
  return gatewayError(code, asked.redact(withoutSecrets(msg)), {
    ...where,
    advice: advice === undefined ? undefined : asked.redact(advice),
  });
}

/** JSON where it is JSON, else the text itself: a bare data URL comes with and without quotes. */
function parse(body: Buffer): unknown {
  const text = body.toString("utf8");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

interface Envelope {
  code: string;
  msg: string;
  data: unknown;
}

function envelopeOf(parsed: unknown): Envelope | undefined {
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { code, msg, data } = parsed as Record<string, unknown>;
  if (typeof code !== "string" && typeof code !== "number") return undefined;
  return { code: String(code).trim(), msg: typeof msg === "string" ? msg : "", data };
}

/** By its type, and by its bytes where the type is none of a picture. */
function binaryPicture(contentType: string, body: Buffer): Picture | undefined {
  // JSON, as nearly everything is.
  if (body[0] === BRACE) return undefined;
  const type = contentType.split(";", 1)[0]?.trim() ?? "";
  const mimeType = type.startsWith("image/") ? type : imageType(body);
  // The type may be wrong, too: a data URL that is said to be a picture.
  if (mimeType === undefined || DATA_URL.test(body.toString("latin1", 0, 40))) return undefined;
  return { data: body, mimeType };
}

function textPicture(value: unknown): Picture | undefined {
  if (typeof value !== "string") return undefined;
  const [prefix, mimeType] = DATA_URL.exec(value) ?? [];
  if (prefix !== undefined && mimeType !== undefined) {
    return { data: Buffer.from(value.slice(prefix.length), "base64"), mimeType: mimeType.toLowerCase() };
  }
  const bareType = imageType(Buffer.from(value.slice(0, 16), "base64"));
  return bareType === undefined ? undefined : { data: Buffer.from(value, "base64"), mimeType: bareType };
}
