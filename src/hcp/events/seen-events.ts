import { eventStatus } from "./envelope";
import { RecentMap } from "./recent-map";

/** Ids with what was seen of each as bits, the least recent first. Plain data: it is stored between runs. */
export type SeenSnapshot = [id: string, statuses: number][];

/** Of these at least half are remembered: five seconds of the heaviest load, hours of a usual one. */
const MAX_IDS = 50_000;
/** What is kept between runs has to cover the overlap of the gap filling only. */
const MAX_STORED = 10_000;

const bit = (status: number): number =>
  1 << (Number.isInteger(status) && status >= 0 && status < 30 ? status : 30);
/** A record does not say with which status its event was sent: it stands for whichever announced it. */
const ANNOUNCED = bit(eventStatus.occurred) | bit(eventStatus.started) | bit(eventStatus.pulse);

/** Tells what is new from what comes again: after a retry, from a second subscription, or out of the records. */
export class SeenEvents {
  readonly #statuses = new RecentMap<string, number>(MAX_IDS);

  constructor(snapshot: SeenSnapshot = []) {
    for (const [id, statuses] of snapshot) this.#statuses.set(id, statuses);
  }

  /** @returns whether this is the first time for this status of this event */
  add(id: string, status: number): boolean {
    const known = this.#statuses.get(id) ?? 0;
    this.#statuses.set(id, known | bit(status));
    return (known & bit(status)) === 0;
  }

  /**
   * A record of an event, which may have been seen as it happened.
   *
   * @param ended whether the record has an end
   * @returns what of it is news: all of it, only that it ended, or nothing
   */
  addRecord(id: string, ended: boolean): "event" | "end" | undefined {
    const known = this.#statuses.get(id) ?? 0;
    const end = bit(eventStatus.ended);
    this.#statuses.set(id, known | ANNOUNCED | (ended ? end : 0));
    if (known === 0) return "event";
    const isOpen = (known & bit(eventStatus.started)) !== 0 && (known & end) === 0;
    return ended && isOpen ? "end" : undefined;
  }

  /** @param pending what was seen but not yet handed on: it counts as not seen */
  snapshot(pending: Iterable<{ id: string; status: number | undefined }> = []): SeenSnapshot {
    const latest = this.#statuses.latest(MAX_STORED);
    for (const { id, status } of pending) {
      const known = latest.get(id) ?? 0;
      const rest = status === undefined ? 0 : known & ~bit(status);
      if (rest === 0) latest.delete(id);
      else latest.set(id, rest);
    }
    return [...latest];
  }
}
