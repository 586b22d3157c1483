import type { Delivery } from "../delivery/deliveries";
import { eventStatus } from "../decode/envelope";
import { seenWith } from "./seen-events";

/** Ids of what goes on, and since when, in milliseconds since the epoch. Plain data: it is stored between runs. */
export type LastingSnapshot = [id: string, began: number][];

/** Some sources never say that an event is over: the latest count. */
const MAX_EVENTS = 100;

/** Remembers the events whose start was delivered and whose end was not: it may be missed long after the start. */
export class LastingEvents {
  readonly #began: Map<string, number>;

  constructor(snapshot: LastingSnapshot = []) {
    this.#began = new Map(snapshot);
  }

  has(id: string): boolean {
    return this.#began.has(id);
  }

  /** Something of an event was delivered. */
  note({ id, statuses, time }: Delivery): void {
    if ((statuses & seenWith(eventStatus.ended)) !== 0) this.#began.delete(id);
    else if (statuses === seenWith(eventStatus.started)) this.#began.set(id, time);
    const oldest = this.#began.keys().next();
    if (this.#began.size > MAX_EVENTS && oldest.done !== true) this.#began.delete(oldest.value);
  }

  snapshot(): LastingSnapshot {
    return [...this.#began];
  }
}
