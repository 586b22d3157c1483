import type { Clock } from "../../../core/clock";
import { SurveillanceError, isClosedError, toError } from "../../../core/errors";
import { missedRecords, recordOf, type RecordWindow } from "./missed-records";
import type { HcpClient } from "../../request/client";
import type { EventSources } from "../memory/known-sources";
import type { LastingSnapshot } from "../memory/lasting-events";
import { isPermanentRefusal } from "../../request/outcome";

/** Events that were on their way when the gap began are searched for, too. */
export const OVERLAP_MS = 60_000;
/** How far back the platform's search reaches at once (guide, 5.5.2). */
const MAX_GAP_MS = 31 * 24 * 3600 * 1000 - OVERLAP_MS;
const RETRY_MS = 60_000;
/** Who has chosen no types is not to hear of every kind of source that a platform may have, and this one has not. */
const DEFAULT_SOURCES = ["camera", "door"];
/** The platform may write a record down some time after the event: what was fetched last is looked through once more. */
const SECOND_LOOK_MS = 60_000;

export interface EventGapsOptions {
  client: HcpClient;
  clock: Clock;
  sources: EventSources;
  eventTypes: () => readonly number[];
  /** Whether these types were chosen, rather than all. */
  areChosen: boolean;
  /** The platform's clock, milliseconds since the epoch. */
  platformNow: () => number;
  /** The events whose start was delivered and whose end was not. */
  lasting: () => LastingSnapshot;
  /** Takes the records of a window; the next one is not asked for before. */
  take: (window: RecordWindow) => Promise<void>;
  onProblem: (error: SurveillanceError) => void;
}

/** Remembers since when events may be missing, and fetches them; what fails is tried again. */
export class EventGaps {
  readonly #options: EventGapsOptions;
  readonly #closing = new AbortController();
  #since: number | undefined;
  /** The beginning of what is being fetched. */
  #filling: number | undefined;
  #running: Promise<void> | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelSecondLook: (() => void) | undefined;
  /** Since when a second look will be taken. */
  #lookAgainAt: number | undefined;
  #isSecondLook = false;

  constructor(options: EventGapsOptions) {
    this.#options = options;
  }

  /** Since when something is missing or may be, milliseconds since the epoch. */
  get since(): number | undefined {
    const all = [this.#since, this.#filling, this.#lookAgainAt].filter((since) => since !== undefined);
    return all.length > 0 ? Math.min(...all) : undefined;
  }

  /** Events since then may be missing. */
  open(since: number): void {
    this.#since = Math.min(since, this.#since ?? since);
  }

  /** Fetches what is missing, if anything is. Never rejects. */
  fill(): Promise<void> {
    this.#running ??= this.#fill().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#cancelRetry?.();
    this.#cancelSecondLook?.();
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
        if (!this.#isSecondLook) this.#planSecondLook(until);
        this.#isSecondLook = false;
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
    // What was remembered by another clock may lie in the future of the platform's.
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

  /** Records are searched by when they began: what began before the gap and may have ended in it is looked up by its id. */
  async #fetchEnds(since: number, until: number): Promise<void> {
    const { client, lasting, take, onProblem } = this.#options;
    for (const [id, began] of lasting()) {
      if (began >= since) continue;
      try {
        const records = await recordOf(client, id, began, this.#closing.signal);
        await take({ records, until });
      } catch (error) {
        // A version that does not search by id does not do it for the next one either.
        if (!isPermanentRefusal(error)) throw error;
        onProblem(endsMissed(error));
        return;
      }
    }
  }

  #planSecondLook(since: number): void {
    this.#cancelSecondLook?.();
    this.#lookAgainAt = Math.min(since, this.#lookAgainAt ?? since);
    this.#cancelSecondLook = this.#options.clock.after(SECOND_LOOK_MS, () => {
      this.#isSecondLook = true;
      this.open(this.#lookAgainAt ?? since);
      this.#lookAgainAt = undefined;
      void this.fill();
    });
  }

  #reportAndRetry(thrown: unknown): void {
    const { onProblem, clock } = this.#options;
    const { message } = toError(thrown);
    // The server's own node closes first when everything is deployed anew.
    if (this.#isClosed() || isClosedError(thrown)) return;
    onProblem(
      new SurveillanceError("HCP_EVENTS_MISSED", `Missed events could not be fetched yet: ${message}`, {
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
    "Events may be missing for more than 31 days: only those of the last 31 days are fetched.",
  );
}

function unknownSources(srcType: string): SurveillanceError {
  return new SurveillanceError(
    "HCP_EVENTS_MISSED",
    `Missed events of sources of kind "${srcType}" cannot be fetched: HikCentral lists none, and none was seen yet.`,
    { advice: "Give the partner the right to list its resources." },
  );
}

function endsMissed(cause: Error): SurveillanceError {
  return new SurveillanceError(
    "HCP_EVENTS_MISSED",
    `Ends of events that began longer ago cannot be fetched: ${cause.message}`,
    { cause },
  );
}
