import { HcpError, gatewayError, httpError } from "./hcp-error";
import { explainSignature, withoutSecrets } from "./signature-diff";

/** An HTTP answer as it came. */
export interface RawReply {
  status: number;
  contentType: string;
  body: Buffer;
}

/** What the reader needs to know of the request: for the messages of errors. */
export interface AskedFor {
  path: string;
  stringToSign: string;
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
}

const DATA_URL = /^data:(image\/[\w.+-]+);base64,/;

/**
 * Reads an answer of the gateway: the envelope `{code, msg, data}`, or a picture, which comes as bytes, as a data URL
 * in place of the envelope (guide, 5.5.11), or as a data URL in `data`.
 *
 * @throws {HcpError} for everything that is not success
 */
export function readReply({ status, contentType, body }: RawReply, asked: AskedFor): Reply {
  const succeeded = status >= 200 && status < 300;
  if (succeeded && contentType.startsWith("image/")) {
    return { code: "0", msg: "", data: body, mimeType: contentType.split(";", 1)[0] ?? contentType };
  }
  const parsed = parse(body);
  if (succeeded && typeof parsed === "string") {
    const picture = pictureOf(parsed);
    if (picture !== undefined) return { code: "0", msg: "", ...picture };
  }
  const envelope = envelopeOf(parsed);
  if (envelope !== undefined && envelope.code !== "0") throw refusal(envelope, status, asked);
  if (!succeeded) throw httpError(status, asked.path);
  if (envelope === undefined) {
    throw new HcpError(
      "HCP_REPLY",
      `The answer to ${asked.path} is neither JSON with a code nor a picture.`,
      {
        path: asked.path,
        httpStatus: status,
        advice:
          "Check that the address is the one of the OpenAPI gateway and that no login page answers in its place.",
      },
    );
  }
  const { code, msg, data } = envelope;
  return { code, msg, data, ...(typeof data === "string" ? pictureOf(data) : undefined) };
}

function refusal({ code, msg }: Envelope, status: number, asked: AskedFor): HcpError {
  const advice = code.toLowerCase() === "0x02401003" ? explainSignature(msg, asked.stringToSign) : undefined;
  return gatewayError(
    code,
    asked.redact(withoutSecrets(msg)),
    asked.path,
    status,
    advice === undefined ? undefined : asked.redact(advice),
  );
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

function pictureOf(text: string): { data: Buffer; mimeType: string } | undefined {
  const [prefix, mimeType] = DATA_URL.exec(text) ?? [];
  if (prefix === undefined || mimeType === undefined) return undefined;
  return { data: Buffer.from(text.slice(prefix.length), "base64"), mimeType };
}
