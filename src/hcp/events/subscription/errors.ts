import { SurveillanceError, isClosedError, toError } from "../../../core/errors";

const ADVICE = "Give each receiver a partner with a user of its own in HikCentral.";

/** Another address has types that this node needs. */
export function takenByOthers(count: number, addresses: readonly string[]): SurveillanceError {
  return new SurveillanceError(
    "HCP_SUBSCRIPTION_TAKEN",
    `HikCentral keeps one address for an event type: ${count} types come to ${addresses.join(", ")} and not here.`,
    { advice: `The node subscribes them again when they are free, or with the next deploy. ${ADVICE}` },
  );
}

/** This node's address took the place of another. */
export function takenFromOthers(count: number, addresses: readonly string[]): SurveillanceError {
  return new SurveillanceError(
    "HCP_SUBSCRIPTION_TAKEN",
    `HikCentral keeps one address for an event type: ${count} types that came to ${addresses.join(", ")} come here now.`,
    { advice: ADVICE },
  );
}

export function isTaken(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && thrown.code === "HCP_SUBSCRIPTION_TAKEN";
}

/** A removed node could not unsubscribe its types. */
export function stillSubscribed(cause: unknown, timeoutMs: number): SurveillanceError {
  const error = toError(cause);
  // CLOSED means here that the time was over: nobody closed anything.
  const why = isClosedError(error) ? `no response within ${timeoutMs / 1000} s` : error.message;
  return new SurveillanceError(
    error instanceof SurveillanceError && error.code !== "CLOSED" ? error.code : "TIMEOUT",
    `The event types of the removed node could not be unsubscribed: HikCentral goes on posting them (${why}).`,
    { cause },
  );
}
