import { pause, type Clock } from "../../clock";
import { SurveillanceError } from "../../errors";
import { networkError } from "../../net/network-error";
import type { IsapiClient } from "../client";
import { backoff } from "./backoff";

export interface ReopeningOptions {
  client: IsapiClient;
  /** The stream, as messages name it. */
  where: string;
  clock: Clock;
  /** 0 ≤ x < 1, for the jitter. */
  random?: (() => number) | undefined;
  /** Gives the stream up. */
  signal: AbortSignal;
  /**
   * Opens the stream and reads it until the device has ended it in good order.
   * @returns when it is opened again: after a moment, or at once where the device answers once per event
   */
  read: () => Promise<"in a moment" | "at once">;
  /** It failed, for the `failures`th time in a row, and is tried again in `retryMs`. */
  failed: (error: SurveillanceError, failures: number, retryMs: number) => void;
}

/** Opens a stream again and again, and waits the longer the more often that fails. Resolves when it is given up. */
export async function keepOpen(options: ReopeningOptions): Promise<void> {
  const { client, where, clock, random = Math.random, signal, read, failed } = options;
  let failures = 0;
  while (!signal.aborted) {
    let wait: number;
    try {
      wait = (await read()) === "at once" ? 0 : backoff(0, undefined, random());
      failures = 0;
    } catch (thrown) {
      if (isAborted(signal)) return;
      failures += 1;
      const error = thrown instanceof SurveillanceError ? thrown : networkError(thrown, where);
      const held = client.heldUntil;
      wait = held === undefined ? backoff(failures, error.code, random()) : held - clock.now();
      failed(error, failures, wait);
    }
    await pause(wait, clock, signal);
  }
}

/** Asked anew: it may have changed while something was waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
