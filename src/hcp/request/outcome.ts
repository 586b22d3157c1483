/** What an error says about the request that failed: whether it took effect, and whether it may be sent again. */
import { SurveillanceError } from "../../core/errors";
import { HcpError } from "./hcp-error";
import { statusCodes } from "./status-codes";

/** A proxy's response for a gateway that did not respond to it. */
const PROXY_STATUS: readonly number[] = [502, 504];

/** These may be gone the next time, or concern more than the one request. */
const TEMPORARY: readonly string[] = [
  "HCP_BUSY",
  "HCP_RATE_LIMITED",
  "HCP_REPLY",
  "HCP_SIGNATURE",
  "HCP_AUTH",
];

/** Whether it is unknown if a request that was sent took effect: its response did not arrive. */
function isUnknown(error: unknown): boolean {
  if (!(error instanceof HcpError)) return true;
  return error.gatewayCode === undefined && PROXY_STATUS.includes(error.httpStatus);
}

/**
 * The error of a request that was sent and changes something. Without a response it is HCP_OUTCOME_UNKNOWN, with the
 * given error as its cause.
 */
export function errorOfSent(error: unknown, target: string): unknown {
  if (!isUnknown(error)) return error;
  const { message, advice } = error as SurveillanceError;
  const happened = advice === undefined ? message : message.slice(0, -advice.length).trim();
  return new SurveillanceError(
    "HCP_OUTCOME_UNKNOWN",
    `The request for ${target} was sent, but no response arrived: whether it took effect is not known. ${happened}`,
    { advice: "Check in HikCentral before you send it again.", cause: error },
  );
}

/**
 * Whether a request may be sent again: only one that was turned away before it had any effect, because the gateway's
 * operations are not idempotent.
 */
export function isSafeToRetry(error: SurveillanceError): boolean {
  if (error.code === "CONNECTION_REFUSED") return true;
  if (!(error instanceof HcpError)) return false;
  const { gatewayCode, httpStatus } = error;
  return httpStatus === 429 || statusCodes[gatewayCode?.toLowerCase() ?? ""]?.retry === true;
}

/** Whether the platform understood a request and refused it: it would refuse the same request again. */
export function isPermanentRefusal(error: unknown): error is HcpError {
  return error instanceof HcpError && !TEMPORARY.includes(error.code);
}
