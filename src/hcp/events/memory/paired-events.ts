import { OccurrenceTracker, type CommonEvent } from "../../../events";
import { beginningOf, hasEnding } from "../../event-types";

/** Ids of ongoing events, by code and source. Plain data: it is stored. */
export type PairsSnapshot = [key: string, id: string][];

const MAX_OPEN = 2000;
const MAX_STORED = 200;

/**
 * Joins two events to one occurrence if the platform sends its start and end under two codes: "recording failed" starts
 * it, and "recording recovered" of the same source ends it, with the id of the start.
 */
export class PairedEvents {
  readonly #occurrences = new OccurrenceTracker<undefined>({ maxOpen: MAX_OPEN, drops: "least recent" });

  constructor(snapshot: PairsSnapshot = []) {
    for (const [key, id] of snapshot) this.#start(key, id);
  }

  /** Corrects state and id of an event whose code is part of a pair. */
  join(event: CommonEvent): void {
    const { vendorType: code, state, channel } = event;
    if (typeof code !== "number" || state === "update") return;
    if (hasEnding(code)) {
      const key = keyOf(code, channel.id);
      if (state === "pulse") event.state = "start";
      if (state === "end") this.#occurrences.end(key);
      else this.#start(key, event.id);
      return;
    }
    const beginning = beginningOf(code);
    if (beginning === undefined) return;
    event.state = "end";
    event.id = this.#occurrences.end(keyOf(beginning, channel.id))?.id ?? event.id;
  }

  snapshot(): PairsSnapshot {
    const latest = this.#occurrences.open().slice(-MAX_STORED);
    return latest.map((key) => [key, this.#occurrences.get(key)?.id ?? ""]);
  }

  /** A new start replaces one whose end never arrived. */
  #start(key: string, id: string): void {
    this.#occurrences.end(key);
    this.#occurrences.report(key, undefined, id);
  }
}

function keyOf(code: number, source: string): string {
  return `${code} ${source}`;
}
