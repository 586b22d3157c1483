import type { Clock } from "../../src/core/clock";

/** A clock on the wall that somebody sets: its timers run by a clock that nobody does. */
export class JumpingClock implements Clock {
  /** Seconds */
  ahead = 0;
  readonly #steady: Clock;

  constructor(steady: Clock) {
    this.#steady = steady;
  }

  now(): number {
    return this.#steady.now() + this.ahead * 1000;
  }

  after(milliseconds: number, run: () => void): () => void {
    return this.#steady.after(milliseconds, run);
  }
}
