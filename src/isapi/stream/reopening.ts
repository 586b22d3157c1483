import type { Clock } from "../../core/clock";
import { pause } from "../../core/pause";
import { SurveillanceError, type ErrorCode } from "../../core/errors";
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
  /** The longest wait for what may pass; default 10 s. */
  longestMs?: () => number;
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

/** After so many in a row, the device is not starting any more. */
const CONVINCED_AFTER = 8;
/** Between attempts that take their time themselves. */
const SHORTEST_MS = 500;

/** Opens a stream again and again, and waits the longer the more often that fails. Resolves when it is given up. */
export async function keepOpen(options: ReopeningOptions): Promise<void> {
  const { client, where, clock, random = Math.random, longestMs, signal, read, failed } = options;
  let failures = 0;
  let same: { code: ErrorCode; count: number } | undefined;
  while (!signal.aborted) {
    let wait: number;
    const began = clock.now();
    try {
      wait = (await read()) === "at once" ? 0 : backoff(0, undefined, random());
      failures = 0;
      same = undefined;
    } catch (thrown) {
      if (isAborted(signal)) return;
      failures += 1;
      const error = thrown instanceof SurveillanceError ? thrown : networkError(thrown, where);
      const held = client.heldUntil;
      same = { code: error.code, count: error.code === same?.code ? same.count + 1 : 1 };
      const code = same.count < CONVINCED_AFTER ? undefined : same.code;
      const pauseMs = backoff(failures, code, random(), longestMs?.());
      // From one attempt to the next: one that had to wait for its time-out has waited already.
      const left = Math.max(Math.min(pauseMs, SHORTEST_MS), pauseMs - (clock.now() - began));
      wait = held === undefined ? left : held - clock.now();
      failed(error, failures, wait);
    }
    await pause(wait, clock, signal);
  }
}

/** Asked anew: it may have changed while something was waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
