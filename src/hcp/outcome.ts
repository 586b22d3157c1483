import { SurveillanceError } from "../core/errors";
import { HcpError } from "./hcp-error";
import { statusCodes } from "./status-codes";

/** A proxy's answer for a gateway that did not answer it. */
const PROXY_STATUS: readonly number[] = [502, 504];

/** Whether it is not known if a request that was sent took effect: its answer did not come. */
function isUnknown(error: unknown): boolean {
  if (!(error instanceof HcpError)) return true;
  return error.gatewayCode === undefined && PROXY_STATUS.includes(error.httpStatus);
}

/**
 * The error of a request that changes something and was sent: where its answer did not come, HCP_OUTCOME_UNKNOWN, with
 * what happened as its cause.
 */
export function errorOfSent(error: unknown, target: string): unknown {
  if (!isUnknown(error)) return error;
  const { message, advice } = error as SurveillanceError;
  const happened = advice === undefined ? message : message.slice(0, -advice.length).trim();
  return new SurveillanceError(
    "HCP_OUTCOME_UNKNOWN",
    `The request for ${target} was sent, but its answer did not come: whether it took effect is not known. ${happened}`,
    { advice: "Look at HikCentral before sending it again.", cause: error },
  );
}

/** Whether a request may be sent anew: only what was turned away before it had any effect: the gateway's operations are not idempotent. */
export function isSafeToRetry(error: SurveillanceError): boolean {
  if (error.code === "CONNECTION_REFUSED") return true;
  if (!(error instanceof HcpError)) return false;
  const { gatewayCode, httpStatus } = error;
  return httpStatus === 429 || statusCodes[gatewayCode?.toLowerCase() ?? ""]?.retry === true;
}
