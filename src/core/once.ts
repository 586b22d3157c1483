/** More than the number of senders or kinds of failure at one site. */
const DEFAULT_MAX = 1000;

/** Remembers reported failures by key, so that each is reported once and not at every repetition. */
export class Once {
  readonly #max: number;
  readonly #known = new Set<string>();

  /**
   * @param max number of remembered keys; a further key clears all others. With 1, a key is new whenever it differs
   *   from the last one.
   */
  constructor(max = DEFAULT_MAX) {
    this.#max = max;
  }

  /** Remembers a key. Returns whether it was new. */
  first(key: string): boolean {
    if (this.#known.has(key)) return false;
    if (this.#known.size >= this.#max) this.#known.clear();
    this.#known.add(key);
    return true;
  }

  /** Forgets a key after its failure has ended: it is new again. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  /** Forgets all keys. */
  clear(): void {
    this.#known.clear();
  }
}
