import type { StoreDelivery } from "./store";
import { laneOf } from "./subject";

/**
 * A message that a window holds:
 * - `waiting`: for its turn, unread
 * - `reading`, then `flowing`: in the flow
 * - `ending`: acknowledged by the flow, but not yet by the store
 * - `away`: the store delivers it again. Its lane waits for it.
 */
export interface Held {
  readonly lane: string;
  delivery: StoreDelivery;
  state: "waiting" | "reading" | "flowing" | "ending" | "away";
  /** Cancels its timer. */
  cancel: () => void;
}

/** Names a message: each site counts its own. */
export function placeOf({ site = "", sequence }: { site?: string | undefined; sequence: number }): string {
  return `${sequence} ${site}`;
}

/** The messages of a window: those that wait, in the order of each lane, and at most one of each lane that is out. */
export class Lanes {
  readonly #held = new Map<string, Held>();
  readonly #waiting = new Map<string, Held[]>();
  /** The lanes of which a message is out. */
  readonly #out = new Map<string, Held>();
  /** Lanes that have a message to let in, in the order of their turns. */
  readonly #ready = new Set<string>();

  /** The number of messages in the flow. */
  get inFlow(): number {
    let count = 0;
    for (const { state } of this.#out.values()) if (state !== "away") count += 1;
    return count;
  }

  get(place: string): Held | undefined {
    return this.#held.get(place);
  }

  all(): Iterable<Held> {
    return this.#held.values();
  }

  /** Adds a delivery. One of a message that is held replaces its former delivery, which the store no longer knows. */
  add(delivery: StoreDelivery): void {
    const place = placeOf(delivery);
    const known = this.#held.get(place);
    if (known !== undefined) {
      known.delivery = delivery;
      if (known.state === "away") {
        known.cancel();
        known.state = "waiting";
        this.#out.delete(known.lane);
        this.#queue(known);
      }
      return;
    }
    const held: Held = {
      lane: `${delivery.site ?? ""}/${laneOf(delivery.subject)}`,
      delivery,
      state: "waiting",
      cancel: () => undefined,
    };
    this.#held.set(place, held);
    this.#queue(held);
  }

  /** Takes the first message of the lane whose turn it is. */
  takeNext(): Held | undefined {
    const [lane] = this.#ready;
    if (lane === undefined) return undefined;
    this.#ready.delete(lane);
    const queue = this.#waiting.get(lane) ?? [];
    const held = queue.shift();
    if (queue.length === 0) this.#waiting.delete(lane);
    if (held === undefined) return undefined;
    held.state = "reading";
    this.#out.set(lane, held);
    return held;
  }

  /** Removes a message that was out: its lane goes on. */
  remove(held: Held): void {
    const place = placeOf(held.delivery);
    if (this.#held.get(place) !== held) return;
    this.#held.delete(place);
    this.#out.delete(held.lane);
    if (this.#waiting.has(held.lane)) this.#ready.add(held.lane);
  }

  clear(): void {
    for (const each of [this.#held, this.#waiting, this.#out, this.#ready]) each.clear();
  }

  #queue(held: Held): void {
    const queue = this.#waiting.get(held.lane) ?? [];
    this.#waiting.set(held.lane, queue);
    // A message that comes again goes before those that came after it.
    const after = queue.findLastIndex(({ delivery }) => delivery.sequence < held.delivery.sequence);
    queue.splice(after + 1, 0, held);
    if (!this.#out.has(held.lane)) this.#ready.add(held.lane);
  }
}
