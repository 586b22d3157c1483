/**
 * All error codes of the package, which a flow's Catch node reads from `error.code`. A published code never changes its
 * meaning. Messages may be reworded.
 */
export const errorCodes = {
  CONFIG_INVALID: "a setting of the node or of the message is missing or out of range",
  IMAGE_INVALID: "an image cannot be decoded, or does not have the size and format given for it",
  DEPENDENCY_MISSING: "an optional native package that this node needs is not installed",
  YOLO_MODEL_NOT_FOUND: "no model file exists at the given path",
  YOLO_MODEL_INVALID: "the file is not an ONNX model, or ONNX Runtime rejects it",
  YOLO_UNSUPPORTED_MODEL: "the inputs or outputs of the model do not match any supported detector",
  YOLO_BAD_EXPORT: "the model was exported in a way that makes detections impossible",
  YOLO_PROVIDER_FAILED: "the execution provider (cuda, dml, ...) is not available or rejects the model",
  YOLO_INFERENCE_FAILED: "the model failed on an image",
  YOLO_WORKER_DIED: "the process that runs the model ended while it was in use",
  QUEUE_FULL: "a bounded queue is full",
  CLOSED: "the work was cancelled because the node was closed",
  WEBHOOK_LISTEN_FAILED: "the port of a webhook cannot be opened",
  WEBHOOK_REFUSED: "a sender was refused: address, credentials, size or rate of its posts",
  WEBHOOK_GUARDED: "Node-RED's httpNodeAuth refuses posts before they reach the node",
  VIEWTRON_XML_INVALID: "a camera's post is not XML, or not XML that a camera sends",
  ARCHIVE_EVENT_INVALID: "the message that reached the archive is not a common event",
  ARCHIVE_WRITE_FAILED: "the archive cannot write to its folder",
  ARCHIVE_DISK_FULL: "the disk of the archive is full",
  ARCHIVE_IN_USE: "another process uses the archive folder",
  EVENT_NOT_STORED:
    "no events-out or event-archive acknowledged a message in time: its sender must send it again",
  STORE_FULL: "the event store has reached its limit and refuses new messages",
  STORE_DISK_FULL: "the disk of the event store is full",
  STORE_IN_USE: "another process uses the folder of the event store",
  STORE_FAILED: "the event store cannot read or write",
  STORE_MESSAGE_INVALID: "a message has content that cannot be stored, or a stored message cannot be read",
  NATS_AUTH: "the NATS server rejected the credentials",
  NATS_STREAM: "the NATS server has no JetStream, or its stream does not match the settings",
  INFERENCE_UNAVAILABLE: "no inference server is ready",
  INFERENCE_REFUSED: "the inference server refused a request",
  INFERENCE_MODEL:
    "the inference server does not have the model, or its inputs and outputs are not those of a detector",
  INFERENCE_REPLY: "the response does not match the protocol of the inference server",
  HOST_NOT_ALLOWED: "a message names an address that the node's settings do not allow",
  HOST_UNKNOWN: "the host name could not be resolved",
  CONNECTION_REFUSED: "nothing listens at that address, or it cannot be reached",
  CONNECTION_LOST: "the connection broke after the request was sent: its effect is unknown",
  TLS_FAILED: "the encrypted connection failed, usually because the certificate is not trusted",
  TIMEOUT: "no response arrived in time",
  TOO_LARGE: "a message or a response is larger than the limit",
  HCP_SIGNATURE: "HikCentral rejected the signature of a request",
  HCP_AUTH: "HikCentral does not know the app key, or does not authenticate it",
  HCP_FORBIDDEN: "the partner or its user has no permission for this operation",
  HCP_RATE_LIMITED: "HikCentral accepts no more requests for now",
  HCP_BUSY: "HikCentral is overloaded, restarting or out of service",
  HCP_PARAMETER: "HikCentral rejected a parameter of the request",
  HCP_PARAMETER_INVALID:
    "the HikCentral request was not sent: a parameter is missing or not allowed by the guide",
  HCP_NOT_FOUND: "HikCentral does not know this path or resource",
  HCP_CONFLICT: "an object of that name already exists and does not match",
  HCP_FAILED: "HikCentral reports another error; its own code is in error.gatewayCode",
  HCP_EVENT_INVALID: "the post is not an event message of HikCentral",
  HCP_EVENTS_MISSED: "events could not be received when they occurred, or could not be fetched later",
  HCP_SUBSCRIPTION_TAKEN:
    "HikCentral stores one address per event type, and another receiver's address replaced this one",
  HCP_CALLBACK: "a test post to the callback address did not arrive",
  HCP_STREAM_PROPRIETARY:
    "HikCentral returned a stream address that only the vendor's players support: request rtsp_s",
  HCP_OUTCOME_UNKNOWN: "a HikCentral request that changes something got no response: its effect is unknown",
  HCP_ALARM_UNCERTAIN: "the connection broke after an alarm was sent: HikCentral may not have received it",
  HCP_REPLY: "the response does not match HikCentral's guide",
  FFMPEG_MISSING: "ffmpeg was not found, or the given one does not run",
  FFMPEG_TOO_OLD: "the ffmpeg found is older than 5.0",
  FFMPEG_FAILED: "ffmpeg could not read or convert a file; the message ends with ffmpeg's output",
  FILE_WRITE: "a file could not be written: the disk is full, or the folder is missing or protected",
  RTSP_UNAUTHORIZED: "the camera rejected the user name or password of its RTSP stream",
  RTSP_NOT_FOUND: "the camera has no RTSP stream at that path",
  RTSP_TIMEOUT: "the camera stopped sending data, or never started",
  RTSP_NO_VIDEO: "the RTSP stream has no video, or a video codec that ffmpeg cannot read",
  RTSP_NO_METADATA: "the RTSP stream has no metadata track",
  RTSP_TRANSPORT: "the camera does not support the chosen transport (TCP or UDP)",
  RTSP_FAILED: "the RTSP stream ended or failed for another reason; the message ends with ffmpeg's output",
  ISAPI_AUTH: "the device rejected the user name or password",
  ISAPI_LOCKED: "after a rejected password, requests are paused so that the device does not lock the account",
  ISAPI_AUTH_SCHEME: "the device does not offer an allowed authentication method",
  ISAPI_FORBIDDEN: "the user has no permission for this on the device",
  ISAPI_CONNECTION_LIMIT: "the device accepts no more connections",
  ISAPI_NOT_FOUND: "the device does not know the path, channel or function",
  ISAPI_BUSY: "the device is busy",
  ISAPI_STATUS: "the device reports another error; its own codes are in statusCode and subStatusCode",
  ISAPI_REPLY: "the device's response does not match its guide",
  ISAPI_NOT_APPLIED: "the device responded OK to a changed setting, but did not store the change",
  ISAPI_AUDIO_CODEC: "the two-way audio of the device uses a codec other than G.711",
  ISAPI_SILENT: "the device's event stream is silent",
  ISAPI_NOT_LINKED: "the device detects events, but is not configured to send them",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/**
 * Whether and when another attempt makes sense:
 * - `soon`: the cause may end at any moment;
 * - `later`: the cause remains until a user changes the device or the settings;
 * - `credentials`: the password was rejected, and every further attempt may lock the account.
 */
export type Retry = "soon" | "later" | "credentials";

/** The codes whose `retry` is not `soon`. */
const retryOf: Readonly<Partial<Record<ErrorCode, Retry>>> = {
  ISAPI_AUTH_SCHEME: "later",
  ISAPI_NOT_FOUND: "later",
  ISAPI_AUTH: "credentials",
  ISAPI_LOCKED: "credentials",
  RTSP_UNAUTHORIZED: "credentials",
};

export interface SurveillanceErrorOptions {
  /**
   * The underlying error, for the Catch node and the log. It must not contain secrets. Fields of it that are
   * objects are removed: the certificate of a TLS error contains itself, which JSON cannot express.
   */
  cause?: unknown;
  /** What the user can do. It follows the message. */
  advice?: string;
  /** The output of another program, at the end of the message. It must not contain secrets. */
  details?: string;
}

/**
 * An error with a stable `code`. The message says what happened and where, then what to do, then the details.
 * `code` is an own property, because Node-RED copies only own properties into `msg.error`.
 */
export class SurveillanceError extends Error {
  readonly code: ErrorCode;
  readonly advice: string | undefined;

  constructor(code: ErrorCode, message: string, options: SurveillanceErrorOptions = {}) {
    super(
      printable([message, options.advice, options.details].filter((part) => part !== undefined).join(" ")),
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

/** More than any message of our own, and less than what fills a log. */
const MAX_MESSAGE = 4000;

/**
 * Returns a text for one line of a log. Messages quote senders, whose text must neither forge a line nor control a
 * terminal: control characters, and those that change the direction of text, become blanks.
 */
function printable(text: string): string {
  // Between two words: a part of a secret would not be recognized and removed later.
  const end = text.lastIndexOf(" ", MAX_MESSAGE);
  const short = text.length > MAX_MESSAGE ? `${text.slice(0, Math.max(end, 0))} …` : text;
  return short.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, " ");
}

/** Returns the same error if all its own fields are plain values, else a copy with only those fields. */
function plainCause(cause: unknown): unknown {
  if (!(cause instanceof Error)) return isPlain(cause) ? cause : String(cause);
  const fields = Object.entries(cause);
  if (fields.every(([, value]) => isPlain(value))) return cause;
  const { name, message, stack } = cause;
  const copy = Object.assign(
    new Error(message),
    Object.fromEntries(fields.filter(([, value]) => isPlain(value))),
  );
  // Not enumerable, like those of every error.
  return Object.defineProperties(copy, { name: { value: name }, stack: { value: stack } });
}

function isPlain(value: unknown): boolean {
  return value === undefined || value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** Returns a thrown value as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Tells whether work was aborted because its node, or the config node of its server, was closed. */
export function isClosedError(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && thrown.code === "CLOSED";
}
