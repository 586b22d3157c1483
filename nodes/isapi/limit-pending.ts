import { SurveillanceError } from "../../src/core/errors";
import { showError, type ShowStatus } from "../kit/status";

export interface DeviceWorkOptions {
  status: ShowStatus;
  /** Aborted when the node is closed. */
  closing: AbortSignal;
  /** How many messages may be under way, where the work itself does not say it. */
  max: number;
  /** What is said of them when one more comes: `requests are waiting for the device`. */
  underWay: string;
  advice?: string;
}

/**
 * Makes the function through which a node has a device do something for a message: bounded, with the failure in the
 * node's status.
 *
 * @throws {SurveillanceError} QUEUE_FULL when too much is under way, and whatever the work throws
 */
export function deviceWork(
  options: DeviceWorkOptions,
): (work: () => Promise<void>, max?: number) => Promise<void> {
  const { status, closing, underWay, advice } = options;
  let waiting = 0;
  return async (work, max = options.max) => {
    if (waiting >= max) {
      throw new SurveillanceError(
        "QUEUE_FULL",
        `${waiting} ${underWay} already.`,
        advice === undefined ? {} : { advice },
      );
    }
    waiting += 1;
    try {
      await work();
    } catch (thrown) {
      // What a redeploy broke off is no error.
      if (closing.aborted) return;
      showError(status, thrown);
      throw thrown;
    } finally {
      waiting -= 1;
    }
  };
}
