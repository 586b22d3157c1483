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
