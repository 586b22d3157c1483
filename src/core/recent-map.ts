/**
 * A map with a maximum size. Beyond it, the key that was set least recently is deleted. Reading does not count as
 * setting. Iterates from the least recent entry to the latest.
 */
export class RecentMap<Key, Value> implements Iterable<[Key, Value]> {
  readonly #max: number;
  readonly #entries = new Map<Key, Value>();
  /**
   * Points behind the last key that was deleted for the maximum; all keys lie after it. A Map keeps the places of
   * deleted keys for a while, and each new iterator passes over all of them.
   */
  readonly #oldest = this.#entries.keys();

  /** @param max maximum number of entries, 1 or more */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  /** Sets an entry and makes it the latest, also if the key already exists. */
  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#max) this.#entries.delete(this.#oldest.next().value as Key);
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  keys(): MapIterator<Key> {
    return this.#entries.keys();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.#entries.entries();
  }
}
