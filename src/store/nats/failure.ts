import { SurveillanceError, toError, type ErrorCode } from "../../core/errors";
import { networkError } from "../../net/network-error";

/** Codes of JetStream, from its list of errors. */
export const apiCode = {
  consumerNotFound: 10014,
  unavailable: 10008,
  streamNotFound: 10059,
  otherStream: 10060,
  overlap: 10065,
  storeFailed: 10077,
  noMessage: 10037,
} as const;

/** No JetStream here: the account has none, the server has none, or it needs a cluster leader. */
const NO_JETSTREAM = new Set([10039, 10076, 10005, 10006, 10009]);
/** The limits of the account or of the server, not those of the stream. */
const NO_RESOURCES = new Set([10002, 10023, 10028, 10047]);

/** Returns the error code of JetStream's API. */
export function apiCodeOf(thrown: unknown): number | undefined {
  if (
    !(thrown instanceof Error) ||
    !/^(JetStreamApi|StreamNotFound|ConsumerNotFound)Error$/.test(thrown.name)
  )
    return undefined;
  return (thrown as Error & { code: number }).code;
}

/** Tells whether nobody listens on a subject: JetStream is off, or starting, or the site is cut off. */
export function isNoResponders(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return (
    thrown.name === "NoRespondersError" ||
    thrown.name === "JetStreamNotEnabled" ||
    (thrown instanceof Error && thrown.cause !== undefined && isNoResponders(thrown.cause)) ||
    (thrown as { code?: unknown }).code === 503
  );
}

/**
 * Converts an error of the NATS client. Several of its messages mislead: "jetstream is not enabled" also means that no
 * stream has the subject, or that a server is still starting.
 *
 * @param where the start of a sentence: "NATS at nats://10.0.0.5:4222"
 */
export function natsError(thrown: unknown, where: string): SurveillanceError {
  if (thrown instanceof SurveillanceError) return thrown;
  const cause = toError(thrown);
  const make = (code: ErrorCode, happened: string, advice?: string): SurveillanceError =>
    new SurveillanceError(code, `${where}: ${happened}.`, {
      cause,
      ...(advice === undefined ? {} : { advice }),
      details: `(${cause.name}: ${cause.message})`,
    });
  const api = apiCodeOf(cause);
  if (api !== undefined) return apiError(api, cause.message, make);
  if (isNoResponders(cause)) {
    return make(
      "NATS_STREAM",
      "no stream listens",
      "Start the server with JetStream (-js). A server that has just started, or a site that is cut off, comes back by itself.",
    );
  }
  switch (cause.name) {
    case "AuthorizationError":
    case "UserAuthenticationExpiredError":
      return make(
        "NATS_AUTH",
        "the server rejected the credentials",
        "Check user name, password, token or key.",
      );
    case "PermissionViolationError":
      return make(
        "NATS_AUTH",
        "the user has no permission",
        "Allow the user the subjects of the stream, $JS.API.>, $JS.ACK.>, $O.> and _INBOX.>.",
      );
    case "TimeoutError":
      return make("TIMEOUT", "no response arrived in time", "Check the network and the load of the server.");
    case "ClosedConnectionError":
    case "DrainingConnectionError":
      return make("CONNECTION_LOST", "the connection broke");
    case "RequestError":
      return cause.cause === undefined
        ? make("CONNECTION_LOST", "the connection broke")
        : natsError(cause.cause, where);
    case "InvalidArgumentError":
      return cause.message.includes("max_payload")
        ? make("TOO_LARGE", "the message is larger than max_payload of the server")
        : make("CONFIG_INVALID", "a setting is not valid");
    case "ConnectionError":
      return connectionError(cause, where, make);
    default:
      return networkError(cause, where);
  }
}

type Make = (code: ErrorCode, happened: string, advice?: string) => SurveillanceError;

function connectionError(cause: Error, where: string, make: Make): SurveillanceError {
  if (cause.message.includes("does not support 'tls'")) {
    return make(
      "TLS_FAILED",
      "the server does not offer TLS",
      "Remove the TLS configuration, or switch on TLS there.",
    );
  }
  if (
    cause.cause !== undefined &&
    !(cause.cause instanceof Error && cause.cause.name === "Error" && !("code" in cause.cause))
  )
    return natsError(cause.cause, where);
  return networkError(cause, where);
}

function apiError(api: number, message: string, make: Make): SurveillanceError {
  if (api === apiCode.storeFailed) {
    if (/no space|disk full|quota/i.test(message))
      return make(
        "STORE_DISK_FULL",
        "the disk of the server is full",
        "Make room on the disk of the server.",
      );
    return make("STORE_FULL", "the stream has reached its limit");
  }
  if (NO_RESOURCES.has(api)) {
    return make(
      "STORE_FULL",
      "the server has no room for the stream",
      "Increase max_file_store of the server or the limit of the account, or reduce the limit of the stream.",
    );
  }
  if (NO_JETSTREAM.has(api))
    return make(
      "NATS_STREAM",
      "JetStream is off",
      "Start the server with -js, and enable it for the account.",
    );
  if (api === apiCode.unavailable) return make("TIMEOUT", "JetStream is starting or has no leader");
  if (api === apiCode.overlap) {
    return make(
      "NATS_STREAM",
      "another stream has these subjects",
      "Two streams cannot have one subject. Set another first level in the subject, or use that stream.",
    );
  }
  if (api === apiCode.otherStream)
    return make(
      "NATS_STREAM",
      "another stream stores this subject",
      "Use that stream, or set another subject.",
    );
  if (api === apiCode.streamNotFound) return make("NATS_STREAM", "the stream does not exist");
  return make("NATS_STREAM", "JetStream refused the request");
}
