/** A clock with timers. Callers inject it, so that tests control the time. */
export interface Clock {
  /** Milliseconds since the epoch */
  now(): number;
  /**
   * Runs a function once, after a delay. A pending run does not keep the process alive.
   * @returns a function that cancels the run
   */
  after(milliseconds: number, run: () => void): () => void;
}

/** setTimeout runs at once when the delay is longer than this. */
const MAX_DELAY_MS = 2 ** 31 - 1;

function after(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.min(milliseconds, MAX_DELAY_MS)).unref();
  return () => {
    clearTimeout(timer);
  };
}

export const systemClock: Clock = { now: () => Date.now(), after };

/** A clock that is never set. Its `now` counts from an arbitrary moment: use it to measure durations. */
export const steadyClock: Clock = { now: () => performance.now(), after };

/**
 * Returns the clock that measures durations where another one gives the time of day: after the system's clock is set,
 * a pause must not be longer or shorter.
 */
export function steady(clock: Clock): Clock {
  return clock === systemClock ? steadyClock : clock;
}
