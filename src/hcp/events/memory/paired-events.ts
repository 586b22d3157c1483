import type { CommonEvent } from "../../../events";
import { beginningOf, hasEnding } from "../../event-types";
import { RecentMap } from "../recent-map";

/** Ids of what goes on, by code and source. Plain data: it is stored between runs. */
export type PairsSnapshot = [key: string, id: string][];

const MAX_OPEN = 2000;
const MAX_STORED = 200;

/**
 * Makes one occurrence of two events that the platform sends under two codes: "recording failed" starts it, "recording
 * recovered" of the same source ends it, with the id of the start.
 */
export class PairedEvents {
  readonly #open = new RecentMap<string, string>(MAX_OPEN);

  constructor(snapshot: PairsSnapshot = []) {
    for (const [key, id] of snapshot) this.#open.set(key, id);
  }

  /** Mends state and id of an event; leaves those alone whose codes are not a pair. */
  join(event: CommonEvent): void {
    const { vendorType: code, state, channel } = event;
    if (typeof code !== "number" || state === "update") return;
    if (hasEnding(code)) {
      if (state === "pulse") event.state = "start";
      this.#open.set(keyOf(code, channel.id), state === "end" ? "" : event.id);
      return;
    }
    const beginning = beginningOf(code);
    if (beginning === undefined) return;
    const key = keyOf(beginning, channel.id);
    const id = this.#open.get(key) ?? "";
    event.state = "end";
    if (id !== "") event.id = id;
    this.#open.set(key, "");
  }

  snapshot(): PairsSnapshot {
    return [...this.#open.latest(MAX_STORED)].filter(([, id]) => id !== "");
  }
}

function keyOf(code: number, source: string): string {
  return `${code} ${source}`;
}
