import { RecentMap } from "../../../core/recent-map";
import { eventStatus } from "../decode/envelope";
import type { Delivery } from "../delivery/deliveries";
import { seenWith } from "./seen-events";

/** Ids of ongoing events, with their start in milliseconds since the epoch. Plain data: it is stored. */
export type LastingSnapshot = [id: string, began: number][];

/** Some sources never report the end of an event: only the latest ones are remembered. */
const MAX_EVENTS = 100;

/**
 * Remembers the events whose start was delivered and whose end was not. An end may be missed long after the start, and
 * records are searched by the start.
 */
export class LastingEvents {
  readonly #began = new RecentMap<string, number>(MAX_EVENTS);

  constructor(snapshot: LastingSnapshot = []) {
    for (const [id, began] of snapshot) this.#began.set(id, began);
  }

  has(id: string): boolean {
    return this.#began.has(id);
  }

  /** Remembers that a message of an event was delivered. */
  note({ id, statuses, time }: Delivery): void {
    if ((statuses & seenWith(eventStatus.ended)) !== 0) this.#began.delete(id);
    else if (statuses === seenWith(eventStatus.started)) this.#began.set(id, time);
  }

  snapshot(): LastingSnapshot {
    return [...this.#began];
  }
}
