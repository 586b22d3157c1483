import type { Clock } from "../../src/core/clock";

/** A wall clock that a test changes. Its timers use a clock that does not change. */
export class JumpingClock implements Clock {
  /** The difference from the steady clock, in seconds. */
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
