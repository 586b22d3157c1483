import type { Clock } from "../../core/clock";

const TOLERANCE_MS = 5 * 60 * 1000;
/** How long a clock that was set has to go on before anything is deleted by it. */
const PROBATION_MS = 2 * 60 * 60 * 1000;

/**
 * Watches the clock on the wall beside one that is never set. A clock that jumps may be wrong for a moment (a virtual
 * machine that was resumed, a time server gone mad), or may have been wrong before: only time tells.
 */
export class TrustedTime {
  readonly #wall: Clock;
  readonly #steady: Clock;
  /** Between the two clocks, in milliseconds: what was last proved, and what is seen since the last jump. */
  #proved: number;
  #seen: number;
  #seenSince: number;

  constructor(wall: Clock, steady: Clock) {
    this.#wall = wall;
    this.#steady = steady;
    this.#proved = this.#seen = wall.now() - steady.now();
    this.#seenSince = steady.now();
  }

  /** Epoch milliseconds; undefined while the clock, set not long ago, may be wrong. */
  now(): number | undefined {
    const now = this.#wall.now();
    const steady = this.#steady.now();
    const offset = now - steady;
    if (!near(offset, this.#seen)) this.#seenSince = steady;
    this.#seen = offset;
    // Back where it was, or long enough where it is.
    if (near(offset, this.#proved) || steady - this.#seenSince >= PROBATION_MS) this.#proved = offset;
    return this.#proved === offset ? now : undefined;
  }
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) < TOLERANCE_MS;
}
