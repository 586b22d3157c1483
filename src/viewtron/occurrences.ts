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

  /**
   * @param event of an alarm status: its id names the alarm
   * @returns undefined for an alarm that is off and was never on: devices tell the state of all they have
   */
  identify(event: CommonEvent): CommonEvent | undefined {
    const alarm = event.id;
    const open = this.#open.get(alarm);
    if (event.state === "end" && open === undefined) return undefined;
    return this.#follow(alarm, { ...event, id: open ?? `${alarm}/${event.time}` });
  }

  /** @param event whose id the device itself gave to the occurrence */
  follow(event: CommonEvent): CommonEvent {
    return event.state === "pulse" ? event : this.#follow(event.id, event);
  }

  #follow(alarm: string, event: CommonEvent): CommonEvent {
    const isOpen = this.#open.delete(alarm);
    if (event.state === "end") return event;
    this.#open.set(alarm, event.id);
    if (this.#open.size > MAX_OPEN) this.#forgetOldest();
    return event.state === "start" && isOpen ? { ...event, state: "update" } : event;
  }

  #forgetOldest(): void {
    for (const alarm of this.#open.keys()) {
      this.#open.delete(alarm);
      return;
    }
  }
}
