import type { Clock } from "../../core/clock";

const TOLERANCE_MS = 5 * 60 * 1000;
/** The time that a clock must run after it was set, before files are deleted by it. */
const PROBATION_MS = 2 * 60 * 60 * 1000;

/**
 * Compares the system's clock with one that is never set. After a jump, a clock may be wrong for a moment (a resumed
 * virtual machine, a faulty time server), or may have been wrong before. Only a longer run proves which.
 */
export class TrustedTime {
  readonly #wall: Clock;
  readonly #steady: Clock;
  /** Offsets between the two clocks, in milliseconds: the last proved one, and the one since the last jump. */
  #proved: number;
  #seen: number;
  #seenSince: number;

  constructor(wall: Clock, steady: Clock) {
    this.#wall = wall;
    this.#steady = steady;
    this.#proved = this.#seen = wall.now() - steady.now();
    this.#seenSince = steady.now();
  }

  /** Returns epoch milliseconds; undefined while the clock was set recently and may be wrong. */
  now(): number | undefined {
    const now = this.#wall.now();
    const steady = this.#steady.now();
    const offset = now - steady;
    if (!near(offset, this.#seen)) this.#seenSince = steady;
    this.#seen = offset;
    // The old offset again, or the new one for a sufficient time.
    if (near(offset, this.#proved) || steady - this.#seenSince >= PROBATION_MS) this.#proved = offset;
    return this.#proved === offset ? now : undefined;
  }
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) < TOLERANCE_MS;
}
