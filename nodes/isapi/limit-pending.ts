import { SurveillanceError, toError } from "../../src/core/errors";
import { showError, type ShowStatus } from "../kit/status";
import { unfinishedError } from "../kit/unfinished";

export interface LimitPendingOptions {
  status: ShowStatus;
  /** Aborted when the node is closed. */
  closing: AbortSignal;
  /** The most pending messages. A call may set its own limit. */
  max: number;
  /** The end of the error message, for example `requests are pending`. */
  pending: string;
  advice?: string;
}

/**
 * Limits the pending messages of a node, and shows a failure in the node's status.
 *
 * @returns a function that runs the work for one message. It throws QUEUE_FULL if too many messages are pending, CLOSED
 * if the node was closed first, and the errors of the work.
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
        `Too many requests: ${count} ${options.pending}.`,
        advice === undefined ? {} : { advice },
      );
    }
    count += 1;
    try {
      await work();
    } catch (thrown) {
      if (closing.aborted) throw unfinishedError(toError(thrown));
      showError(status, thrown);
      throw thrown;
    } finally {
      count -= 1;
    }
  };
}
