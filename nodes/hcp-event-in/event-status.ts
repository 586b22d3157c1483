import type { EventInOptions } from "./event-options";
import { showError, type ShowStatus } from "../kit/status";

/** What hcp-event-in shows: green only once the platform has posted, since until then nobody knows whether it can. */
export class EventStatus {
  readonly #status: ShowStatus;
  readonly #isManaged: boolean;
  /** How many types; undefined while they are not all subscribed. */
  #subscribed: number | undefined;
  /** When the platform posted last, as a person reads it. */
  #posted: string | undefined;
  #shownSecond = 0;

  constructor(status: ShowStatus, { eventDest }: Pick<EventInOptions, "eventDest">) {
    this.#status = status;
    this.#isManaged = eventDest !== undefined;
    status("connecting", this.#isManaged ? "subscribing" : "listening");
  }

  subscribed(count: number): void {
    if (this.#subscribed === count) return;
    this.#subscribed = count;
    this.#show();
  }

  notSubscribed(error: Error): void {
    this.#subscribed = undefined;
    showError(this.#status, error);
  }

  /** The platform has posted something. */
  posted(): void {
    const second = Math.trunc(Date.now() / 1000);
    if (second === this.#shownSecond) return;
    this.#shownSecond = second;
    this.#posted = new Date().toTimeString().slice(0, 8);
    this.#show();
  }

  #show(): void {
    const [count, time] = [this.#subscribed, this.#posted];
    if (!this.#isManaged) {
      if (time !== undefined) this.#status("ok", "lastEvent", { time });
    } else if (count !== undefined) {
      if (time === undefined) this.#status("connecting", "subscribed");
      else this.#status("ok", "event", { count, time });
    }
  }
}
