/** Waiting times between attempts: doubling from 1 s to 60 s, each spread by ±50 % so that cameras do not come back in step. */
export class Backoff {
  static readonly #firstMs = 1000;
  static readonly #lastMs = 60_000;
  readonly #random: () => number;
  #attempts = 0;

  /** @param random from 0 to 1 */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds until the next attempt, at most 60 s */
  next(): number {
    const mean = Math.min(Backoff.#lastMs, Backoff.#firstMs * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, 20);
    return Math.min(Backoff.#lastMs, Math.round(mean * (0.5 + this.#random())));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
