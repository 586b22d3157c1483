import { SurveillanceError } from "../../src/core/errors";
import { showError, type ShowStatus } from "../kit/status";

export interface LimitPendingOptions {
  status: ShowStatus;
  /** Aborted when the node is closed. */
  closing: AbortSignal;
  /** How many messages may be pending; a single call may set its own limit. */
  max: number;
  /** The end of the error's message: `requests are waiting for the device`. */
  pending: string;
  advice?: string;
}

/**
 * Limits how many of a node's messages a device works on, and shows a failure in the node's status.
 *
 * @returns runs the work for one message
 * @throws {SurveillanceError} QUEUE_FULL when too many are pending, and whatever the work throws
 */
export function limitPending(
  options: LimitPendingOptions,
): (work: () => Promise<void>, max?: number) => Promise<void> {
  const { status, closing, advice } = options;
  let count = 0;
  return async (work, max = options.max) => {
    if (count >= max) {
      throw new SurveillanceError(
        "QUEUE_FULL",
        `${count} ${options.pending} already.`,
        advice === undefined ? {} : { advice },
      );
    }
    count += 1;
    try {
      await work();
    } catch (thrown) {
      // A message that a redeploy aborts has not failed.
      if (closing.aborted) return;
      showError(status, thrown);
      throw thrown;
    } finally {
      count -= 1;
    }
  };
}
