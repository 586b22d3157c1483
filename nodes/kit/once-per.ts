/** More senders than any site has; beyond, the memory starts anew. */
const MAX = 1000;

/** Keeps a complaint from being repeated with every post of the same sender. */
export class OncePer {
  readonly #known = new Set<string>();

  /** @returns whether this is the first time since the key was forgotten */
  first(key: string): boolean {
    if (this.#known.has(key)) return false;
    if (this.#known.size >= MAX) this.#known.clear();
    this.#known.add(key);
    return true;
  }

  /** The sender does well again: its next mistake is news. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  /** Everything is well again. */
  clear(): void {
    this.#known.clear();
  }
}
