import { backoff } from "../../core/backoff";
import type { Clock } from "../../core/clock";
import type { ErrorCode, Retry } from "../../core/errors";
import { pause } from "../../core/pause";
import type { SourceState } from "../../events/source";
import { networkError } from "../../net/network-error";
import type { IsapiClient } from "../connection/client";

export interface KeepOpenOptions {
  client: IsapiClient;
  /** The stream, as messages name it. */
  where: string;
  clock: Clock;
  /** 0 ≤ x < 1, for the jitter. */
  random: () => number;
  /** Milliseconds: the longest pause before an attempt that may succeed; default {@link DEFAULT_MAX_BACKOFF}. */
  longestMs?: () => number;
  /** Ends everything. */
  signal: AbortSignal;
  /**
   * Opens the stream and reads it until the device has ended it in good order.
   *
   * @returns when to open it again: after a moment, or at once where the device responds once per event
   */
  read: () => Promise<"in a moment" | "at once">;
  /** Receives `connecting` at the start, and `retrying` after each failure. */
  state: (state: Extract<SourceState, { kind: "connecting" | "retrying" }>) => void;
}

/** Seconds: how much later than the device a stream may be back. */
export const DEFAULT_MAX_BACKOFF = 10;
export const MAX_BACKOFF = 3600;

const FIRST_MS = 1000;
/** Pause before an attempt that fails until somebody changes the device. */
const LATER_MS = 5 * 60_000;
/** Pause after a recorder has closed the stream in good order. */
const REOPEN_MS = 300;
/** So often in a row, an error of the kind `later` is believed: before, the device may still be starting. */
const CONVINCED_AFTER = 8;
/** Shortest pause after an attempt that took its time itself. */
const SHORTEST_MS = 500;
/** Two hundred devices behind one switch must not all come back at the same moment. */
const jitter = [0.5, 1] as const;

/** Opens a stream again and again, with growing pauses while that fails. Resolves when the signal is aborted. */
export async function keepOpen(options: KeepOpenOptions): Promise<void> {
  const { client, where, clock, random, longestMs, signal, read, state } = options;
  let failures = 0;
  let same: { code: ErrorCode; count: number } | undefined;
  state({ kind: "connecting" });
  while (!signal.aborted) {
    let wait: number;
    const began = clock.now();
    try {
      wait = (await read()) === "at once" ? 0 : reopenDelay(0, "soon", random);
      failures = 0;
      same = undefined;
    } catch (thrown) {
      if (isAborted(signal)) return;
      failures += 1;
      const error = networkError(thrown, where);
      const held = client.heldUntil;
      same = { code: error.code, count: error.code === same?.code ? same.count + 1 : 1 };
      const retry = same.count < CONVINCED_AFTER ? "soon" : error.retry;
      const delay = reopenDelay(failures, retry, random, longestMs?.());
      // Counts from one attempt to the next: one that waited for its timeout has waited already.
      const left = Math.max(Math.min(delay, SHORTEST_MS), delay - (clock.now() - began));
      wait = held === undefined ? left : held - clock.now();
      state({ kind: "retrying", error, failures, retryMs: wait });
    }
    await pause(wait, clock, signal);
  }
}

/**
 * Computes the pause before a stream is opened again.
 *
 * @param failures in a row; 0: the device ended the stream in good order
 * @param retry whether the cause may pass
 * @param random 0 ≤ x < 1
 * @param longestMs the longest pause for a cause that may pass
 * @returns milliseconds
 */
export function reopenDelay(
  failures: number,
  retry: Retry,
  random: () => number,
  longestMs = DEFAULT_MAX_BACKOFF * 1000,
): number {
  if (failures === 0) return backoff(0, { first: REOPEN_MS, jitter }, random);
  return retry === "later"
    ? backoff(0, { first: LATER_MS, jitter }, random)
    : backoff(failures - 1, { first: FIRST_MS, max: longestMs, jitter }, random);
}

/** Reads the signal anew: it may have been aborted during an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
