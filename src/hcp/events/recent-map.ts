/**
 * A map that forgets what was not set for long: at least the latest `size / 2` keys are there, at most `size`.
 *
 * Two maps take turns instead of one whose oldest key is deleted each time: a Map keeps the places of deleted keys for a
 * while, and finding its first key walks over them all.
 */
export class RecentMap<Key, Value> {
  readonly #half: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  constructor(size: number) {
    this.#half = Math.ceil(size / 2);
  }

  get(key: Key): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: Key, value: Value): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** The latest entries, at most so many, the least recent first. */
  latest(count: number): Map<Key, Value> {
    const fromOld = [...this.#old].slice(Math.max(0, this.#old.size + this.#young.size - count));
    const fromYoung = [...this.#young].slice(-count);
    const entries = new Map(fromOld);
    for (const [key, value] of fromYoung) {
      // Set anew, a key moves to the end.
      entries.delete(key);
      entries.set(key, value);
    }
    return entries;
  }
}
