import { systemClock, type Clock } from "../../../core/clock";
import { atMost } from "../../../core/pause";

/** An event that was sent to the flow. */
export interface Delivery {
  id: string;
  /** The received parts of the event, as bits. */
  statuses: number;
  /** The time of the event, milliseconds since the epoch. */
  time: number;
}

/**
 * A sent event is not yet processed. Within one or two of these periods, a flow has written it to a file or posted it.
 * If the process is killed, events that were sent later count as pending.
 */
const SETTLE_MS = 30;
/** A deploy waits this long for the flow: an archive may still be writing. */
const CLOSE_MS = 1000;

/** Reports when events that were sent to the flow count as delivered. */
export class Deliveries {
  readonly #clock: Clock;
  readonly #onDelivered: (deliveries: readonly Delivery[]) => void;
  /** Events that the flow acknowledges. */
  readonly #kept = new Map<Delivery, Promise<void>>();
  #fresh: Delivery[] = [];
  #settling: Delivery[] = [];
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, onDelivered: (deliveries: readonly Delivery[]) => void) {
    this.#clock = clock;
    this.#onDelivered = onDelivered;
  }

  /**
   * @param kept resolves when the flow has acknowledged the event. If it rejects, the event does not count as
   *   delivered.
   */
  add(delivery: Delivery, kept: Promise<void> | undefined): void {
    if (kept === undefined) {
      this.#settle(delivery);
      return;
    }
    this.#kept.set(delivery, kept);
    kept.then(
      () => {
        if (this.#kept.delete(delivery)) this.#settle(delivery);
      },
      () => this.#kept.delete(delivery),
    );
  }

  /** Returns the earliest time of the pending events; Infinity if there are none. */
  get earliest(): number {
    let earliest = Infinity;
    for (const list of [this.#kept.keys(), this.#fresh, this.#settling]) {
      for (const { time } of list) earliest = Math.min(earliest, time);
    }
    return earliest;
  }

  /** Waits a limited time for acknowledgements. Events without one stay pending. */
  async close(): Promise<void> {
    if (this.#kept.size > 0) await atMost(Promise.allSettled(this.#kept.values()), CLOSE_MS, systemClock);
    this.#cancel?.();
    this.#onDelivered([...this.#settling, ...this.#fresh]);
    this.#fresh = [];
    this.#settling = [];
    this.#cancel = () => undefined;
  }

  #settle(delivery: Delivery): void {
    this.#fresh.push(delivery);
    this.#cancel ??= this.#wait();
  }

  #wait(): () => void {
    return this.#clock.after(SETTLE_MS, () => {
      const settled = this.#settling;
      this.#settling = this.#fresh;
      this.#fresh = [];
      this.#cancel = this.#settling.length > 0 ? this.#wait() : undefined;
      if (settled.length > 0) this.#onDelivered(settled);
    });
  }
}
