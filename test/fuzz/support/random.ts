import { below, seededRandom } from "../../support/seeded-random";

/** Choices of one input. The same seed repeats them. */
export class Random {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** Returns a whole number, 0 ≤ n < limit. */
  below(limit: number): number {
    return below(this.next, limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error("Nothing to pick from.");
    return items[this.below(items.length)] as Item;
  }

  /** Returns 0 … most items. */
  several<Item>(most: number, make: (index: number) => Item): Item[] {
    return Array.from({ length: this.below(most + 1) }, (_, index) => make(index));
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** Returns the seed of one input. Neighbours are unrelated. */
export function seedOf(seed: number, format: string, index: number): number {
  let mixed = seed >>> 0;
  for (const text of [format, String(index)])
    for (const character of text) mixed = Math.imul(mixed ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 0;
}
