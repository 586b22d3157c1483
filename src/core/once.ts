/** More keys than a site has senders or kinds of fault. */
const DEFAULT_MAX = 1000;

/** Remembers what was reported, so that a fault is reported once and not each time it is met again. */
export class Once {
  readonly #max: number;
  readonly #known = new Set<string>();

  /**
   * @param max how many keys are remembered; one more, and all others are forgotten. With 1, a key is new whenever it
   *   differs from the last one.
   */
  constructor(max = DEFAULT_MAX) {
    this.#max = max;
  }

  /** @returns whether this is the first time since the key was forgotten */
  first(key: string): boolean {
    if (this.#known.has(key)) return false;
    if (this.#known.size >= this.#max) this.#known.clear();
    this.#known.add(key);
    return true;
  }

  /** The fault is over: the next one of this key is new. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  /** All faults are over. */
  clear(): void {
    this.#known.clear();
  }
}
