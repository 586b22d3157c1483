import { eventStatus } from "../decode/envelope";
import { RecentMap } from "../../../core/recent-map";

/** Ids with what was seen of each as bits, the least recent first; an id may come again with more. Plain data: it is stored. */
export type SeenSnapshot = [id: string, statuses: number][];

/** Ten seconds of the heaviest load, hours of a normal one. */
const MAX_IDS = 50_000;

const bit = (status: number): number =>
  1 << (Number.isInteger(status) && status >= 0 && status < 30 ? status : 30);
/** A record does not say with which status its event was sent: it stands for whichever announced it. */
const ANNOUNCED = bit(eventStatus.occurred) | bit(eventStatus.started) | bit(eventStatus.pulse);
const ENDED = bit(eventStatus.ended);

/** What is seen of an event with a message of this status, as bits. */
export function seenWith(status: number): number {
  return bit(status);
}

/** What is seen of an event with its record, as bits. */
export function seenWithRecord(ended: boolean): number {
  return ended ? ANNOUNCED | ENDED : ANNOUNCED;
}

/** Tells what is new from what comes again: after a retry, from a second subscription, or out of the records. */
export class SeenEvents {
  readonly #statuses = new RecentMap<string, number>(MAX_IDS);

  /** @param snapshot what was seen in earlier runs; an id may come more than once */
  constructor(snapshot: SeenSnapshot = []) {
    for (const [id, statuses] of snapshot) this.#note(id, statuses);
  }

  /** @returns whether this is the first time for this status of this event */
  add(id: string, status: number): boolean {
    return (this.#note(id, bit(status)) & bit(status)) === 0;
  }

  /**
   * A record of an event, which may have been seen as it happened.
   *
   * @param ended whether the record has an end
   * @returns what of it is news: all of it, only that it ended, or nothing
   */
  addRecord(id: string, ended: boolean): "event" | "end" | undefined {
    const known = this.#note(id, seenWithRecord(ended));
    // An image and an end do not tell what happened: they may have arrived without the start.
    if ((known & ~(bit(eventStatus.image) | ENDED)) === 0) return "event";
    const isOpen = (known & bit(eventStatus.started)) !== 0 && (known & ENDED) === 0;
    return ended && isOpen ? "end" : undefined;
  }

  /** @returns what was known before */
  #note(id: string, statuses: number): number {
    const known = this.#statuses.get(id) ?? 0;
    this.#statuses.set(id, known | statuses);
    return known;
  }
}
