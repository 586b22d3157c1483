import { SurveillanceError, type ErrorCode, type SurveillanceErrorOptions } from "../../core/errors";
import { objectIn } from "./small-json";

/** An error that an inference server, or a proxy before it, has answered. */
export class ServerError extends SurveillanceError {
  /** The HTTP status. */
  readonly statusCode: number;

  constructor(code: ErrorCode, message: string, statusCode: number, options?: SurveillanceErrorOptions) {
    super(code, message, options);
    this.statusCode = statusCode;
  }
}

/**
 * Where the fault is:
 * - `request`: the image or the model; another server would answer the same;
 * - `busy`: the server has no place at the moment;
 * - `server`: the server or the way to it; another server can do the work.
 */
export type Fault = "request" | "busy" | "server";

/** Decides from an error of a request whether another server can do its work. */
export function faultOf(error: SurveillanceError): Fault {
  if (error.code === "TOO_LARGE" || error.code === "CLOSED" || error.code === "CONFIG_INVALID")
    return "request";
  if (!(error instanceof ServerError)) return "server";
  const { code, statusCode } = error;
  if (code === "INFERENCE_UNAVAILABLE") return statusCode === 503 || statusCode === 429 ? "busy" : "server";
  return code === "INFERENCE_REFUSED" && statusCode !== 401 && statusCode !== 403 ? "request" : "server";
}

const checkToken = "Check the token of the inference server.";
const MAX_TEXT = 300;

/** Returns the error of an answer with a status that is the same in every dialect; undefined for other ones. */
export function commonError(
  status: number,
  text: string | undefined,
  where: string,
): ServerError | undefined {
  const details = text === undefined ? {} : { details: `It says: ${text}` };
  const make = (code: ErrorCode, happened: string, advice?: string): ServerError =>
    new ServerError(code, `${where}: ${happened} (HTTP ${status}).`, status, {
      ...(advice !== undefined && { advice }),
      ...details,
    });
  if (status === 401 || status === 403)
    return make("INFERENCE_REFUSED", "the server did not accept the request", checkToken);
  if (status === 429 || status === 503)
    return make("INFERENCE_UNAVAILABLE", "the server is starting, or its queue is full");
  if (status === 502 || status === 504)
    return make("INFERENCE_UNAVAILABLE", "a proxy does not reach the server", "Check the server behind it.");
  if (status === 413)
    return make(
      "INFERENCE_REFUSED",
      "the request is too large",
      "Raise the limit of the server or its proxy.",
    );
  return undefined;
}

/** Returns the explanation in the body of an error: the JSON field of the protocols, or the text of a page. */
export function explanationIn(body: Buffer): string | undefined {
  const text = body.toString("utf8", 0, 4096);
  const json = objectIn(body);
  const field = json?.error ?? json?.detail ?? json?.message;
  const plain =
    field === undefined
      ? text.replace(/<[^>]{0,200}>/g, " ")
      : typeof field === "string"
        ? field
        : JSON.stringify(field);
  const short = plain.replace(/\s+/g, " ").trim().slice(0, MAX_TEXT);
  return short === "" ? undefined : short;
}
