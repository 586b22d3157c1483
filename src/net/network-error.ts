import { SurveillanceError, toError, type ErrorCode } from "../core/errors";

interface Diagnosis {
  code: ErrorCode;
  happened: string;
  advice: string;
}

const unknownHost: Diagnosis = {
  code: "HOST_UNKNOWN",
  happened: "the host name could not be resolved",
  advice: "Check the spelling of the host and the DNS server of this machine.",
};
const refused: Diagnosis = {
  code: "CONNECTION_REFUSED",
  happened: "no connection could be made",
  advice: "Check host, port and firewall, and that the service is running.",
};
const tooManyFiles: Diagnosis = {
  code: "CONNECTION_REFUSED",
  happened: "no connection could be made, because Node-RED has too many open files",
  advice: "Raise its limit (ulimit -n, or LimitNOFILE of its service).",
};
const timeout: Diagnosis = {
  code: "TIMEOUT",
  happened: "no response arrived in time",
  advice: "Check host, port and firewall, or increase the timeout.",
};
const tls: Diagnosis = {
  code: "TLS_FAILED",
  happened: "the TLS connection failed",
  advice:
    "Add the certificate authority of the server to the TLS configuration, or switch off verification for this server.",
};
const plainPort: Diagnosis = {
  code: "TLS_FAILED",
  happened: "the port does not speak TLS",
  advice: "Use http:// instead of https://, or the HTTPS port.",
};
const lost: Diagnosis = {
  code: "CONNECTION_LOST",
  happened: "the connection broke",
  advice: "The request may or may not have taken effect.",
};

const diagnoses: Readonly<Record<string, Diagnosis>> = {
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ECONNREFUSED: refused,
  EHOSTUNREACH: refused,
  ENETUNREACH: refused,
  EMFILE: tooManyFiles,
  ENFILE: tooManyFiles,
  ETIMEDOUT: timeout,
  UND_ERR_CONNECT_TIMEOUT: timeout,
  UND_ERR_HEADERS_TIMEOUT: timeout,
  UND_ERR_BODY_TIMEOUT: timeout,
  // OpenSSL's codes for a response that is not TLS.
  ERR_SSL_WRONG_VERSION_NUMBER: plainPort,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: plainPort,
};
/** Matches the codes of OpenSSL and Node.js for a faulty certificate or handshake. */
const TLS_CODE = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|EPROTO/;

/**
 * Converts the error of a connection: unknown host, refusal, TLS, timeout, or an interruption.
 *
 * @param where the target as the start of a sentence, without secrets: "HikCentral at https://10.0.0.5"
 */
export function networkError(thrown: unknown, where: string): SurveillanceError {
  if (thrown instanceof SurveillanceError) return thrown;
  const cause = innermost(toError(thrown));
  const name = (cause as NodeJS.ErrnoException).code ?? cause.name;
  const { code, happened, advice } = diagnoses[name] ?? (TLS_CODE.test(name) ? tls : lost);
  const details = `(${name}: ${cause.message})`;
  return new SurveillanceError(code, `${where}: ${happened}.`, { cause, advice, details });
}

const UNREACHABLE: ReadonlySet<ErrorCode> = new Set([
  "HOST_UNKNOWN",
  "CONNECTION_REFUSED",
  "CONNECTION_LOST",
  "TIMEOUT",
]);

/** Tells whether an error means that the other end is unreachable, and not that it refuses the request. */
export function isUnreachable(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && UNREACHABLE.has(thrown.code);
}

/** Returns the first of several errors: Node.js tries all addresses of a host and wraps their errors. */
function innermost(error: Error): Error {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(toError(error.errors[0]));
  return error;
}
