import { SurveillanceError, toError, type ErrorCode } from "../core/errors";

interface Diagnosis {
  code: ErrorCode;
  happened: string;
  advice: string;
}

const unknownHost: Diagnosis = {
  code: "HOST_UNKNOWN",
  happened: "the host name is not known",
  advice: "Check the spelling of the host and this machine's name server.",
};
const refused: Diagnosis = {
  code: "CONNECTION_REFUSED",
  happened: "no connection could be made",
  advice: "Check host and port, whether the service runs, and the firewall between.",
};
const timeout: Diagnosis = {
  code: "TIMEOUT",
  happened: "no response came in time",
  advice: "Check host, port and firewall, or allow more time.",
};
const tls: Diagnosis = {
  code: "TLS_FAILED",
  happened: "the TLS connection failed",
  advice:
    "Give the certificate authority that signed the server's certificate, or switch verification off for this server.",
};
const plainPort: Diagnosis = {
  code: "TLS_FAILED",
  happened: "the port does not speak TLS",
  advice: "Write http:// instead of https://, or the port of HTTPS.",
};
const lost: Diagnosis = {
  code: "CONNECTION_LOST",
  happened: "the connection broke",
  advice: "What was sent may or may not have taken effect.",
};

const diagnoses: Readonly<Record<string, Diagnosis>> = {
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ECONNREFUSED: refused,
  EHOSTUNREACH: refused,
  ENETUNREACH: refused,
  ETIMEDOUT: timeout,
  UND_ERR_CONNECT_TIMEOUT: timeout,
  UND_ERR_HEADERS_TIMEOUT: timeout,
  UND_ERR_BODY_TIMEOUT: timeout,
  // OpenSSL's codes for a response that is not TLS at all.
  ERR_SSL_WRONG_VERSION_NUMBER: plainPort,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: plainPort,
};
/** The codes of OpenSSL and Node for a faulty certificate or handshake. */
const TLS_CODE = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|EPROTO/;

/**
 * Says why a connection failed: host name, refusal, TLS, timeout, or a break.
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

/** Whether an error means that nobody is there, rather than that somebody refuses. */
export function isUnreachable(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && UNREACHABLE.has(thrown.code);
}

/** Node tries several addresses of a host and wraps their errors; the first one is enough. */
function innermost(error: Error): Error {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(toError(error.errors[0]));
  return error;
}
