import { parseForeignJson } from "../../core/json";
import { imageType } from "../../media/sniff";
import { clockAdvice, clockAhead } from "./clock-skew";
import { HcpError, gatewayError, httpError, type Refused } from "./hcp-error";
import type { HttpResponse } from "./http";
import { explainSignature, withoutSecrets } from "./signature-diff";

/** The details of the request for error messages. */
export interface RequestDetails {
  path: string;
  stringToSign: string;
  /** Milliseconds since 1970; default the system's clock. */
  now?: () => number;
  redact: (text: string) => string;
}

/** A successful response of the gateway. */
export interface GatewayResponse {
  /** `"0"`, also if the gateway sends the number. */
  code: string;
  msg: string;
  /** The `data` of the response; an image's bytes if the response was an image. */
  data: unknown;
  /** The MIME type of the image; absent if `data` is not an image. */
  mimeType?: string;
  /** The server's clock when it responded: its HTTP header `Date`, empty if there is none. */
  date?: string;
}

/** A response, with its path and its duration. */
export interface HcpResponse extends GatewayResponse {
  /** The requested path, context path included. */
  path: string;
  durationMs: number;
}

type Image = Required<Pick<GatewayResponse, "mimeType">> & { data: Buffer };

const DATA_URL = /^\s*data:(image\/[\w.+-]+);base64,/i;
const BRACE = 0x7b;
/**
 * Reads a response of the gateway: the envelope `{code, msg, data}`, or an image. An image arrives as bytes, or as a
 * data URL instead of the envelope (guide, 5.5.11). It may also be Base64 in `data`, with or without the start of a
 * data URL.
 *
 * @throws {HcpError} for every response that is not a success
 */
export function readResponse(
  { status, contentType, date, body }: HttpResponse,
  request: RequestDetails,
): GatewayResponse {
  const succeeded = status >= 200 && status < 300;
  const bytes = succeeded ? binaryImage(contentType, body) : undefined;
  if (bytes !== undefined) return { code: "0", msg: "", date, ...bytes };
  const parsed = parse(body);
  const bare = succeeded ? textImage(parsed) : undefined;
  if (bare !== undefined) return { code: "0", msg: "", date, ...bare };

  const envelope = envelopeOf(parsed);
  if (succeeded && envelope?.code === "0") {
    const { code, msg, data } = envelope;
    return Object.assign({ code, msg, data, date }, textImage(data));
  }
  const where = { path: request.path, httpStatus: status, date };
  const refused = { ...where, clockAdvice: clockAdvice(clockAhead(date, (request.now ?? Date.now)())) };
  if (envelope !== undefined && envelope.code !== "0") throw refusal(envelope, refused, request);
  if (!succeeded) throw httpError(refused);
  throw new HcpError(
    "HCP_REPLY",
    `The response to ${request.path} is neither JSON with a code nor an image.`,
    {
      ...where,
      advice: "Check that the address belongs to the OpenAPI gateway and does not lead to a login page.",
    },
  );
}

function refusal({ code, msg }: Envelope, where: Refused, request: RequestDetails): HcpError {
  const advice =
    code.toLowerCase() === "0x02401003" ? explainSignature(msg, request.stringToSign) : undefined;
  return gatewayError(code, request.redact(withoutSecrets(msg)), {
    ...where,
    advice: advice === undefined ? undefined : request.redact(advice),
  });
}

/** Returns the parsed JSON, or the text itself if it is not JSON: a bare data URL arrives with and without quotes. */
function parse(body: Buffer): unknown {
  const text = body.toString("utf8");
  try {
    return parseForeignJson(text);
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

/** Recognises an image by its content type, or by its bytes if the type is not that of an image. */
function binaryImage(contentType: string, body: Buffer): Image | undefined {
  // JSON, like nearly every response.
  if (body[0] === BRACE) return undefined;
  const type = contentType.split(";", 1)[0]?.trim() ?? "";
  const mimeType = type.startsWith("image/") ? type : imageType(body);
  // The type may be wrong: a data URL is declared as an image.
  if (mimeType === undefined || DATA_URL.test(body.toString("latin1", 0, 40))) return undefined;
  return { data: body, mimeType };
}

function textImage(value: unknown): Image | undefined {
  if (typeof value !== "string") return undefined;
  const [prefix, mimeType] = DATA_URL.exec(value) ?? [];
  if (prefix !== undefined && mimeType !== undefined) {
    return { data: Buffer.from(value.slice(prefix.length), "base64"), mimeType: mimeType.toLowerCase() };
  }
  const bareType = imageType(Buffer.from(value.slice(0, 16), "base64"));
  return bareType === undefined ? undefined : { data: Buffer.from(value, "base64"), mimeType: bareType };
}
