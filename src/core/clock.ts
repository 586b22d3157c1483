/** Time as far as it decides what the code does: injected, so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch */
  now(): number;
  /**
   * Runs something once, later. A pending run does not keep the process alive.
   * @returns cancels the run
   */
  after(milliseconds: number, run: () => void): () => void;
}

/** setTimeout runs what is further away than this at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

function after(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.min(milliseconds, MAX_DELAY_MS)).unref();
  return () => {
    clearTimeout(timer);
  };
}

export const systemClock: Clock = { now: () => Date.now(), after };

/** Its `now` counts from some moment on, and is never set: for how long something takes. */
export const steadyClock: Clock = { now: () => performance.now(), after };

/** Waits, or until the signal is given; nothing of it is left on the signal afterwards. */
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
