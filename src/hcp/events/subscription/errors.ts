import { SurveillanceError, isClosedError, toError } from "../../../core/errors";

const ADVICE = "Give each receiver a partner with a user of its own in HikCentral.";

/** Somebody else's address has types that this node wants. */
export function takenAway(count: number, holders: readonly string[]): SurveillanceError {
  return new SurveillanceError(
    "HCP_SUBSCRIPTION_TAKEN",
    `HikCentral keeps one address for an event type: ${count} types come to ${holders.join(", ")} and not here.`,
    { advice: `They are subscribed again once they are free, or with the next deploy. ${ADVICE}` },
  );
}

/** This node's address took the place of somebody else's. */
export function tookAway(count: number, holders: readonly string[]): SurveillanceError {
  return new SurveillanceError(
    "HCP_SUBSCRIPTION_TAKEN",
    `HikCentral keeps one address for an event type: ${count} types that came to ${holders.join(", ")} come here now.`,
    { advice: ADVICE },
  );
}

export function isTaken(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && thrown.code === "HCP_SUBSCRIPTION_TAKEN";
}

/** A node is gone, but the platform could not be told. */
export function stillSubscribed(cause: unknown, patienceMs: number): SurveillanceError {
  const error = toError(cause);
  // Given up because time was short: nobody has closed anything.
  const why = isClosedError(error) ? `no answer within ${patienceMs / 1000} s` : error.message;
  return new SurveillanceError(
    error instanceof SurveillanceError && error.code !== "CLOSED" ? error.code : "TIMEOUT",
    `HikCentral could not be told that the node is gone: it goes on posting its event types (${why}).`,
    { cause },
  );
}
