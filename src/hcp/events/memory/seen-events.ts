import { eventStatus } from "../decode/envelope";
import { RecentMap } from "../../../core/recent-map";

/**
 * Ids with the received parts of each event as bits, the least recent first. An id may occur again with more bits.
 * Plain data: it is stored.
 */
export type SeenSnapshot = [id: string, statuses: number][];

/** Enough for ten seconds of the heaviest load, and for hours of a normal load. */
const MAX_IDS = 50_000;

const bit = (status: number): number =>
  1 << (Number.isInteger(status) && status >= 0 && status < 30 ? status : 30);
/**
 * A record does not contain the status with which its event was sent: it counts as each status that announces an event.
 */
const ANNOUNCED = bit(eventStatus.occurred) | bit(eventStatus.started) | bit(eventStatus.pulse);
const ENDED = bit(eventStatus.ended);

/** Returns the bits of a message with this status. */
export function seenWith(status: number): number {
  return bit(status);
}

/** Returns the bits of a record. */
export function seenWithRecord(ended: boolean): number {
  return ended ? ANNOUNCED | ENDED : ANNOUNCED;
}

/** Recognises events that arrive again: after a retry, from a second subscription, or from the records. */
export class SeenEvents {
  readonly #statuses = new RecentMap<string, number>(MAX_IDS);

  /** @param snapshot the events of earlier runs; an id may occur more than once */
  constructor(snapshot: SeenSnapshot = []) {
    for (const [id, statuses] of snapshot) this.#note(id, statuses);
  }

  /** Tells whether this status of this event is new, and remembers it. */
  add(id: string, status: number): boolean {
    return (this.#note(id, bit(status)) & bit(status)) === 0;
  }

  /**
   * Remembers the record of an event, whose messages may have been received before.
   *
   * @param ended whether the record has an end
   * @returns the new part: the whole event, only its end, or nothing
   */
  addRecord(id: string, ended: boolean): "event" | "end" | undefined {
    const known = this.#note(id, seenWithRecord(ended));
    // An image or an end alone does not contain the event: they may have arrived without the start.
    if ((known & ~(bit(eventStatus.image) | ENDED)) === 0) return "event";
    const isOpen = (known & bit(eventStatus.started)) !== 0 && (known & ENDED) === 0;
    return ended && isOpen ? "end" : undefined;
  }

  /** Forgets received parts of an event: they were not stored, and must be accepted again. */
  forget(id: string, statuses: number): void {
    const known = this.#statuses.get(id);
    if (known !== undefined) this.#statuses.set(id, known & ~statuses);
  }

  /** Adds bits to an event. Returns the bits before. */
  #note(id: string, statuses: number): number {
    const known = this.#statuses.get(id) ?? 0;
    this.#statuses.set(id, known | statuses);
    return known;
  }
}
