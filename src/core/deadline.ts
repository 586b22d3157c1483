import { setMaxListeners } from "node:events";
import type { Clock } from "./clock";

/**
 * Runs work with a signal that aborts after a time, or when another signal does. Leaves no timer and no listener.
 *
 * AbortSignal.any over AbortSignal.timeout is not used: on Node.js 20, the inner signal may be collected, and then
 * neither of them aborts.
 */
export async function withDeadline<Result>(
  milliseconds: number,
  clock: Clock,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  if (signal?.aborted === true) abort();
  const cancel = clock.after(milliseconds, abort);
  if (signal !== undefined) {
    // Many wait for one owner's end. Each removes its listener, so a warning of a leak would be wrong.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", abort);
  }
  try {
    return await work(controller.signal);
  } finally {
    cancel();
    signal?.removeEventListener("abort", abort);
  }
}
