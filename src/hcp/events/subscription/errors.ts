import { SurveillanceError, isClosedError, toError } from "../../../core/errors";

const ADVICE = "In HikCentral, give each receiver its own partner with its own user.";

/** Returns the error for types of this node that another address has. */
export function takenByOthers(count: number, addresses: readonly string[]): SurveillanceError {
  return new SurveillanceError(
    "HCP_SUBSCRIPTION_TAKEN",
    `HikCentral stores one address per event type: ${count} types go to ${addresses.join(", ")} instead of this node.`,
    { advice: `The node subscribes again when they are free, or at the next deploy. ${ADVICE}` },
  );
}

/** Returns the advice after this node's address has replaced another. */
export function takenFromOthers(count: number, addresses: readonly string[]): SurveillanceError {
  return new SurveillanceError(
    "HCP_SUBSCRIPTION_TAKEN",
    `HikCentral stores one address per event type: ${count} types that went to ${addresses.join(", ")} now go to this node.`,
    { advice: ADVICE },
  );
}

export function isTaken(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && thrown.code === "HCP_SUBSCRIPTION_TAKEN";
}

/** Returns the error of a removed node that could not unsubscribe its types. */
export function stillSubscribed(cause: unknown, timeoutMs: number): SurveillanceError {
  const error = toError(cause);
  // CLOSED means here that the timeout is over.
  const why = isClosedError(error) ? `no response within ${timeoutMs / 1000} s` : error.message;
  return new SurveillanceError(
    error instanceof SurveillanceError && error.code !== "CLOSED" ? error.code : "TIMEOUT",
    `The subscription of the removed node could not be removed: HikCentral continues to post its event types (${why}).`,
    { cause },
  );
}
