/**
 * The one error family of the package. A flow's Catch node sees `error.code`: a published code
 * never changes its meaning. Messages may be reworded.
 */
export const errorCodes = {
  CONFIG_INVALID: "a setting of the node or of the message is missing or out of range",
  IMAGE_INVALID: "a picture cannot be decoded, or is not of the size and format it is said to be",
  DEPENDENCY_MISSING: "an optional native package that this node needs is not installed",
  YOLO_MODEL_NOT_FOUND: "there is no model file at the path that was given",
  YOLO_MODEL_INVALID: "the file is no ONNX model, or ONNX Runtime refuses it",
  YOLO_UNSUPPORTED_MODEL: "the model takes or gives something that no known detector does",
  YOLO_BAD_EXPORT: "the model was exported so that it can never find anything",
  YOLO_PROVIDER_FAILED: "the execution provider (cuda, dml, ...) is not available or refuses the model",
  YOLO_INFERENCE_FAILED: "the model failed on a picture",
  YOLO_WORKER_DIED: "the process that runs the model ended while it was needed",
  QUEUE_FULL: "more work came in than the bounded queue takes",
  CLOSED: "the work was given up because the node was closed",
  WEBHOOK_LISTEN_FAILED: "the port of a webhook cannot be opened",
  WEBHOOK_REFUSED: "a sender was turned away: address, credentials, size or speed of its post",
  WEBHOOK_GUARDED: "Node-RED's httpNodeAuth refuses posts before the node sees them",
  VIEWTRON_XML_INVALID: "a camera's post is no XML, or XML that no camera sends",
  ARCHIVE_EVENT_INVALID: "what arrived at the archive is no common event",
  ARCHIVE_WRITE_FAILED: "the archive cannot write to its folder",
  ARCHIVE_DISK_FULL: "the disk of the archive is full",
  ARCHIVE_IN_USE: "another process keeps its archive in the folder",
  HOST_UNKNOWN: "the host name could not be resolved",
  CONNECTION_REFUSED: "nothing listens at that address, or it cannot be reached",
  CONNECTION_LOST: "the connection broke after something was sent: whether it took effect is not known",
  TLS_FAILED: "the encrypted connection failed: mostly a certificate that is not trusted",
  TIMEOUT: "no answer came in time",
  TOO_LARGE: "a message or a reply is larger than the limit",
  HCP_SIGNATURE: "HikCentral refused the signature of a request",
  HCP_AUTH: "HikCentral does not know the app key or refuses to authenticate it",
  HCP_FORBIDDEN: "HikCentral does not permit this operation to the partner or its user",
  HCP_RATE_LIMITED: "HikCentral takes no more requests for now",
  HCP_BUSY: "HikCentral is overloaded, restarting or out of service",
  HCP_PARAMETER: "HikCentral refused a parameter of the request",
  HCP_PARAMETER_INVALID:
    "a HikCentral request was not sent: a parameter is missing or not what the guide allows",
  HCP_NOT_FOUND: "HikCentral knows no such path or resource",
  HCP_CONFLICT: "something of that name exists already and does not fit",
  HCP_FAILED: "HikCentral reports another error; its own code is in error.gatewayCode",
  HCP_EVENT_INVALID: "what was posted is no event message of HikCentral",
  HCP_EVENTS_MISSED: "events could not be taken as they came, or not be fetched later",
  HCP_SUBSCRIPTION_TAKEN:
    "HikCentral keeps one address for an event type, and somebody else's took its place",
  HCP_CALLBACK: "a test post to the address that HikCentral was given did not arrive",
  HCP_STREAM_PROPRIETARY:
    "HikCentral gave the address of a stream that only the vendor's players understand: ask for rtsp_s",
  HCP_OUTCOME_UNKNOWN:
    "a HikCentral request that changes something was sent, but not answered: whether it took effect is not known",
  HCP_ALARM_UNCERTAIN: "the connection broke after an alarm was sent: whether HikCentral got it is not known",
  HCP_REPLY: "the reply is not what HikCentral's guide describes",
  FFMPEG_MISSING: "no ffmpeg was found, or the one named does not run",
  FFMPEG_TOO_OLD: "the ffmpeg found is older than 5.0",
  FFMPEG_FAILED: "ffmpeg could not read or convert a file; the message holds its last words",
  FILE_WRITE: "a file could not be written: the disk is full, or the folder missing or protected",
  RTSP_UNAUTHORIZED: "the camera refused the user name or password of its RTSP stream",
  RTSP_NOT_FOUND: "the camera has no RTSP stream of that path",
  RTSP_TIMEOUT: "the camera stopped sending what is wanted of it, or never began",
  RTSP_NO_VIDEO: "the RTSP stream has no video, or in a coding that ffmpeg cannot read",
  RTSP_NO_METADATA: "the RTSP stream has no metadata track",
  RTSP_TRANSPORT: "the camera does not take the chosen transport (TCP or UDP)",
  RTSP_FAILED: "the RTSP stream ended or failed for another reason; the message holds ffmpeg's last words",
  ISAPI_AUTH: "the device refuses the user name or password",
  ISAPI_LOCKED: "nothing is sent after a refused password, so that the device does not lock the account",
  ISAPI_AUTH_SCHEME: "the device offers no kind of authentication that is allowed for it",
  ISAPI_FORBIDDEN: "the device refuses this to its user",
  ISAPI_CONNECTION_LIMIT: "the device has no connection left",
  ISAPI_NOT_FOUND: "the device does not know the path, channel or function",
  ISAPI_BUSY: "the device is busy",
  ISAPI_STATUS: "the device reports another error; its own codes are in statusCode and subStatusCode",
  ISAPI_REPLY: "the device's answer is not what its guide describes",
  ISAPI_NOT_APPLIED: "the device answered OK to a change of its settings, but did not keep it",
  ISAPI_AUDIO_CODEC: "the two-way audio of the device is set to a coding other than G.711",
  ISAPI_SILENT: "the device's event stream fell silent",
  ISAPI_NOT_LINKED: "the device detects events, but is not set to send them",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/**
 * What repeating the attempt is good for:
 * - `soon`: the cause may pass at any moment;
 * - `later`: the cause lasts until somebody changes the device or the settings;
 * - `credentials`: the password was refused, and every further attempt may lock the account.
 */
export type Retry = "soon" | "later" | "credentials";

/** The codes that are not `soon`. */
const retryOf: Readonly<Partial<Record<ErrorCode, Retry>>> = {
  ISAPI_AUTH_SCHEME: "later",
  ISAPI_NOT_FOUND: "later",
  ISAPI_AUTH: "credentials",
  ISAPI_LOCKED: "credentials",
  RTSP_UNAUTHORIZED: "credentials",
};

export interface SurveillanceErrorOptions {
  /**
   * The underlying error, for the Catch node and the log. It must not contain secrets. Its fields that are objects are
   * left out: a TLS error's certificate refers to itself, which JSON cannot express.
   */
  cause?: unknown;
  /** What the user can do. It follows what happened. */
  advice?: string;
  /** The words of another program. They come last, and must not contain secrets. */
  details?: string;
}

/**
 * An error with a stable `code`. The message says what happened and where, then what to do about it, then the details.
 * `code` is an own property, because that is what Node-RED copies into `msg.error`.
 */
export class SurveillanceError extends Error {
  readonly code: ErrorCode;
  readonly advice: string | undefined;

  constructor(code: ErrorCode, message: string, options: SurveillanceErrorOptions = {}) {
    super(
      [message, options.advice, options.details].filter((part) => part !== undefined).join(" "),
      options.cause === undefined ? undefined : { cause: plainCause(options.cause) },
    );
    this.name = "SurveillanceError";
    this.code = code;
    this.advice = options.advice;
  }

  /** Whether and when another attempt makes sense. A getter, so that `msg.error` keeps its fields. */
  get retry(): Retry {
    return retryOf[this.code] ?? "soon";
  }
}

/** Returns the same error where all of its own fields are plain values, else a copy with only those. */
function plainCause(cause: unknown): unknown {
  if (!(cause instanceof Error)) return isPlain(cause) ? cause : String(cause);
  const fields = Object.entries(cause);
  if (fields.every(([, value]) => isPlain(value))) return cause;
  const { name, message, stack } = cause;
  const copy = Object.assign(
    new Error(message),
    Object.fromEntries(fields.filter(([, value]) => isPlain(value))),
  );
  // Not enumerable, as with every error.
  return Object.defineProperties(copy, { name: { value: name }, stack: { value: stack } });
}

function isPlain(value: unknown): boolean {
  return value === undefined || value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** Returns whatever was thrown as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Tells whether work was aborted because its node, or that of its server, was closed. */
export function isClosedError(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && thrown.code === "CLOSED";
}
