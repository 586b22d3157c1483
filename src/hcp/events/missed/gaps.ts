import type { Clock } from "../../../core/clock";
import { SurveillanceError, isClosedError, toError } from "../../../core/errors";
import { missedRecords, recordOf, type RecordWindow } from "./missed-records";
import type { HcpClient } from "../../request/client";
import type { EventSources } from "../memory/known-sources";
import type { LastingSnapshot } from "../memory/lasting-events";
import { isPermanentRefusal } from "../../request/outcome";

/** The search begins this much before the gap, to find events that were being sent when it began. */
export const OVERLAP_MS = 60_000;
/** The longest period of one search (guide, 5.5.2). */
const MAX_GAP_MS = 31 * 24 * 3600 * 1000 - OVERLAP_MS;
const RETRY_MS = 60_000;
/** Without chosen types, only missing sources of these kinds are reported: no platform has every kind of source. */
const DEFAULT_SOURCES = ["camera", "door"];
/** The platform may store a record some time after the event, so a second search follows after this time. */
const SECOND_SEARCH_MS = 60_000;

export interface EventGapsOptions {
  client: HcpClient;
  clock: Clock;
  sources: EventSources;
  eventTypes: () => readonly number[];
  /** True if the user chose these types; false for all types. */
  areChosen: boolean;
  /** The platform's clock, milliseconds since the epoch. */
  platformNow: () => number;
  /** Returns the events whose start was delivered and whose end was not. */
  lasting: () => LastingSnapshot;
  /** Receives the records of a window. The next window is requested after the promise resolves. */
  take: (window: RecordWindow) => Promise<void>;
  onProblem: (error: SurveillanceError) => void;
}

/** Remembers since when events may be missing, and fetches them. A failed search is repeated. */
export class EventGaps {
  readonly #options: EventGapsOptions;
  readonly #closing = new AbortController();
  #since: number | undefined;
  /** The beginning of the gap that is being fetched. */
  #filling: number | undefined;
  #running: Promise<void> | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelSecondSearch: (() => void) | undefined;
  /** The beginning of the second search. */
  #secondSearchSince: number | undefined;
  #isSecondSearch = false;

  constructor(options: EventGapsOptions) {
    this.#options = options;
  }

  /** Returns since when events are or may be missing, milliseconds since the epoch. */
  get since(): number | undefined {
    const all = [this.#since, this.#filling, this.#secondSearchSince].filter((since) => since !== undefined);
    return all.length > 0 ? Math.min(...all) : undefined;
  }

  /** Records that events since then may be missing. */
  open(since: number): void {
    this.#since = Math.min(since, this.#since ?? since);
  }

  /** Fetches the missing events, if any. Never rejects. */
  fill(): Promise<void> {
    this.#running ??= this.#fill().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#cancelRetry?.();
    this.#cancelSecondSearch?.();
    await this.#running;
  }

  async #fill(): Promise<void> {
    this.#cancelRetry?.();
    while (this.#since !== undefined && !this.#isClosed()) {
      const until = this.#options.platformNow();
      const since = this.#since;
      this.#filling = since;
      this.#since = undefined;
      try {
        await this.#fetch(since, until);
        if (!this.#isSecondSearch) this.#planSecondSearch(until);
        this.#isSecondSearch = false;
      } catch (thrown) {
        this.open(this.#filling);
        this.#reportAndRetry(thrown);
        return;
      } finally {
        this.#filling = undefined;
      }
    }
  }

  async #fetch(opened: number, until: number): Promise<void> {
    const { client, sources, eventTypes, areChosen, take, onProblem } = this.#options;
    // A time that another clock measured may be later than the platform's time.
    const since = Math.max(Math.min(opened, until) - OVERLAP_MS, until - MAX_GAP_MS);
    if (since > opened) onProblem(tooLong());
    const signal = this.#closing.signal;
    const onSkipped = (srcType: string): void => {
      if (areChosen || DEFAULT_SOURCES.includes(srcType)) onProblem(unknownSources(srcType));
    };
    const search = { client, eventTypes: eventTypes(), sources, since, until, signal, onSkipped };
    for await (const window of missedRecords(search)) {
      await take(window);
      this.#filling = Math.max(opened, window.until);
    }
    await this.#fetchEnds(since, until);
  }

  /**
   * Fetches events by id that began before the gap and may have ended in it, because records are searched by their
   * start.
   */
  async #fetchEnds(since: number, until: number): Promise<void> {
    const { client, lasting, take, onProblem } = this.#options;
    for (const [id, began] of lasting()) {
      if (began >= since) continue;
      try {
        const records = await recordOf(client, id, began, this.#closing.signal);
        await take({ records, until });
      } catch (error) {
        // A version that does not search by id rejects every such request.
        if (!isPermanentRefusal(error)) throw error;
        onProblem(endsMissed(error));
        return;
      }
    }
  }

  #planSecondSearch(since: number): void {
    this.#cancelSecondSearch?.();
    this.#secondSearchSince = Math.min(since, this.#secondSearchSince ?? since);
    this.#cancelSecondSearch = this.#options.clock.after(SECOND_SEARCH_MS, () => {
      this.#isSecondSearch = true;
      this.open(this.#secondSearchSince ?? since);
      this.#secondSearchSince = undefined;
      void this.fill();
    });
  }

  #reportAndRetry(thrown: unknown): void {
    const { onProblem, clock } = this.#options;
    const { message } = toError(thrown);
    // A full deploy may close the server's node first.
    if (this.#isClosed() || isClosedError(thrown)) return;
    onProblem(
      new SurveillanceError("HCP_EVENTS_MISSED", `Fetching missed events failed: ${message}`, {
        cause: thrown,
      }),
    );
    this.#cancelRetry = clock.after(RETRY_MS, () => void this.fill());
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }
}

function tooLong(): SurveillanceError {
  return new SurveillanceError(
    "HCP_EVENTS_MISSED",
    "Events may be missing: the gap is longer than 31 days, and only the last 31 days can be fetched.",
  );
}

function unknownSources(srcType: string): SurveillanceError {
  return new SurveillanceError(
    "HCP_EVENTS_MISSED",
    `Missed events of source type "${srcType}" cannot be fetched: HikCentral lists no such sources.`,
    { advice: "Give the partner permission to list its resources." },
  );
}

function endsMissed(cause: Error): SurveillanceError {
  return new SurveillanceError(
    "HCP_EVENTS_MISSED",
    `The ends of events that began before the gap cannot be fetched: ${cause.message}`,
    { cause },
  );
}
