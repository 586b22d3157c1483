/** Conclusions from the error of a failed request: whether it took effect, and whether it may be sent again. */
import { SurveillanceError } from "../../core/errors";
import { ownField } from "../../core/fields";
import { HcpError } from "./hcp-error";
import { statusCodes } from "./status-codes";

/** A proxy's response for a gateway that did not respond to it. */
const PROXY_STATUS: readonly number[] = [502, 504];

/** Errors that may not occur again, or that concern more than one request. */
const TEMPORARY: readonly string[] = [
  "HCP_BUSY",
  "HCP_RATE_LIMITED",
  "HCP_REPLY",
  "HCP_SIGNATURE",
  "HCP_AUTH",
];

/** Tells whether the effect of a request is unknown, because its response did not arrive. */
function isUnknown(error: unknown): boolean {
  if (!(error instanceof HcpError)) return true;
  return error.gatewayCode === undefined && PROXY_STATUS.includes(error.httpStatus);
}

/**
 * Returns the error of a request that was sent and changes something. Without a response, this is HCP_OUTCOME_UNKNOWN
 * with the given error as its cause.
 */
export function errorOfSent(error: unknown, target: string): unknown {
  if (!isUnknown(error)) return error;
  const { message, advice } = error as SurveillanceError;
  const happened = advice === undefined ? message : message.slice(0, -advice.length).trim();
  return new SurveillanceError(
    "HCP_OUTCOME_UNKNOWN",
    `The request for ${target} was sent, but no response arrived: its effect is unknown. ${happened}`,
    { advice: "Check in HikCentral before you send it again.", cause: error },
  );
}

/**
 * Tells whether a request may be sent again: only if it was rejected before it had any effect, because the operations
 * of the gateway are not idempotent.
 */
export function isSafeToRetry(error: SurveillanceError): boolean {
  if (error.code === "CONNECTION_REFUSED") return true;
  if (!(error instanceof HcpError)) return false;
  const { gatewayCode, httpStatus } = error;
  return httpStatus === 429 || ownField(statusCodes, gatewayCode?.toLowerCase() ?? "")?.retry === true;
}

/** Tells whether the platform understood a request and rejected it. It would reject the same request again. */
export function isPermanentRefusal(error: unknown): error is HcpError {
  return error instanceof HcpError && !TEMPORARY.includes(error.code);
}
