/** Seconds: how much later than the camera a stream may be back. */
const DEFAULT_MAX_BACKOFF = 10;

/** Waiting times between attempts: doubling from 1 s on, each spread by ±50 % so that cameras do not come back in step. */
export class Backoff {
  static readonly #firstMs = 1000;
  readonly #random: () => number;
  readonly #lastMs: number;
  #attempts = 0;

  /**
   * @param random from 0 to 1
   * @param longest seconds; the longest wait
   */
  constructor(random: () => number = Math.random, longest = DEFAULT_MAX_BACKOFF) {
    this.#random = random;
    this.#lastMs = longest * 1000;
  }

  /** Milliseconds until the next attempt */
  next(): number {
    const mean = Math.min(this.#lastMs, Backoff.#firstMs * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, 20);
    return Math.min(this.#lastMs, Math.round(mean * (0.5 + this.#random())));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
