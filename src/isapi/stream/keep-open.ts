import { backoff } from "../../core/backoff";
import { steady, type Clock } from "../../core/clock";
import type { ErrorCode, Retry } from "../../core/errors";
import { pause } from "../../core/pause";
import type { SourceState } from "../../events/source";
import { networkError } from "../../net/network-error";
import type { IsapiClient } from "../connection/client";

export interface KeepOpenOptions {
  client: IsapiClient;
  /** The stream's name in messages. */
  where: string;
  clock: Clock;
  /** 0 ≤ x < 1, for the jitter. */
  random: () => number;
  /**
   * Returns the longest pause before an attempt that may succeed, in ms; default {@link DEFAULT_MAX_BACKOFF} seconds.
   */
  longestMs?: () => number;
  /** Ends the retries. */
  signal: AbortSignal;
  /**
   * Opens the stream and reads it until the device ends it without an error.
   *
   * @returns when to open it again: after a moment, or at once if the device responds once per event
   */
  read: () => Promise<"in a moment" | "at once">;
  /** Receives `connecting` at the start, and `retrying` after each failure. */
  state: (state: Extract<SourceState, { kind: "connecting" | "retrying" }>) => void;
}

/** The longest pause between two attempts, in seconds. */
export const DEFAULT_MAX_BACKOFF = 10;
/** The upper limit of that setting, in seconds. */
export const MAX_BACKOFF = 3600;

const FIRST_MS = 1000;
/** The pause after an error that lasts until the device's settings change. */
const LATER_MS = 5 * 60_000;
/** The pause after a recorder closed the stream without an error. */
const REOPEN_MS = 300;
/** How many errors in a row must say `later`. Earlier ones may come from a device that is starting. */
const LATER_AFTER = 8;
/** The shortest pause after an attempt that took a long time. */
const SHORTEST_MS = 500;
/** Prevents that two hundred devices behind one switch reconnect at the same moment. */
const jitter = [0.5, 1] as const;

/** Keeps a stream open, with growing pauses between failed attempts. Resolves when the signal is aborted. */
export async function keepOpen(options: KeepOpenOptions): Promise<void> {
  const { client, where, random, longestMs, signal, read, state } = options;
  const clock = steady(options.clock);
  let failures = 0;
  let repeated: { code: ErrorCode; count: number } | undefined;
  state({ kind: "connecting" });
  while (!signal.aborted) {
    let wait: number;
    const began = clock.now();
    try {
      wait = (await read()) === "at once" ? 0 : reopenDelay(0, "soon", random);
      failures = 0;
      repeated = undefined;
    } catch (thrown) {
      if (isAborted(signal)) return;
      failures += 1;
      const error = networkError(thrown, where);
      const held = client.heldFor;
      repeated = { code: error.code, count: error.code === repeated?.code ? repeated.count + 1 : 1 };
      const retry = repeated.count < LATER_AFTER ? "soon" : error.retry;
      const delay = reopenDelay(failures, retry, random, longestMs?.());
      // The pause counts from the start of the attempt, because the timeout of an attempt is a pause, too.
      const left = Math.max(Math.min(delay, SHORTEST_MS), delay - (clock.now() - began));
      wait = held ?? left;
      state({ kind: "retrying", error, failures, retryMs: wait });
    }
    await pause(wait, clock, signal);
  }
}

/**
 * Returns the pause before a stream is opened again.
 *
 * @param failures the number in a row; 0: the device ended the stream without an error
 * @param retry whether the cause may disappear soon
 * @param random 0 ≤ x < 1
 * @param longestMs the longest pause for a cause that may disappear soon
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

/** Reads the signal again: it may have been aborted during an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
