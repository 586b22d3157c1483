import type { Clock } from "./clock";

/**
 * Waits until the time is over or the signal is aborted. Does not reject: the caller reads `signal.aborted`. Leaves no
 * listener on the signal.
 */
export async function pause(milliseconds: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(milliseconds, done);
    signal?.addEventListener("abort", done);
  });
}

/**
 * Waits until the work is over, but not longer than the given time. The work itself continues.
 *
 * @throws the error of the work within the time; a later error is ignored
 */
export async function atMost(work: Promise<unknown>, milliseconds: number, clock: Clock): Promise<void> {
  let cancel = (): void => undefined;
  const timeout = new Promise<void>((resolve) => {
    cancel = clock.after(milliseconds, resolve);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    cancel();
  }
}
