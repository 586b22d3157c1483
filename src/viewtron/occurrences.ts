import type { CommonEvent } from "../events";

/** More alarms than any site has; the oldest is forgotten first. */
const MAX_OPEN = 10_000;

/**
 * Gives the start and the end of one alarm the same id, and the next occurrence of the same alarm another one. A camera
 * repeats `true` while an alarm lasts: that is an update, not another start.
 */
export class Occurrences {
  /** Id of the open occurrence, by alarm. */
  readonly #open = new Map<string, string>();

  /** @param event of an alarm status: its id names the alarm */
  identify(event: CommonEvent): CommonEvent {
    const alarm = event.id;
    const open = this.#open.get(alarm);
    const id = open ?? `${alarm}/${event.time}`;
    if (event.state === "end") {
      this.#open.delete(alarm);
      return { ...event, id };
    }
    this.#open.delete(alarm);
    this.#open.set(alarm, id);
    if (this.#open.size > MAX_OPEN) this.#forgetOldest();
    return { ...event, id, state: open === undefined ? "start" : "update" };
  }

  #forgetOldest(): void {
    for (const alarm of this.#open.keys()) {
      this.#open.delete(alarm);
      return;
    }
  }
}
