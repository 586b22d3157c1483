import { systemClock, type Clock } from "../../../core/clock";
import { atMost } from "../../../core/pause";

/** An event that was handed on. */
export interface Delivery {
  id: string;
  /** What was seen of the event, as bits. */
  statuses: number;
  /** When it happened, milliseconds since the epoch. */
  time: number;
}

/**
 * Handing an event on does not mean that the flow has dealt with it: within one or two of these times, a flow has written it to
 * a file or posted it elsewhere. What was handed on later counts as in hand when the process is killed.
 */
const SETTLE_MS = 30;
/** How long a deploy waits for the flow: an archive is about to write what it has. */
const CLOSE_MS = 1000;

/** Tells when events that were handed on count as delivered. */
export class Deliveries {
  readonly #clock: Clock;
  readonly #onDelivered: (deliveries: readonly Delivery[]) => void;
  /** The flow says itself when it is through with these. */
  readonly #kept = new Map<Delivery, Promise<void>>();
  #fresh: Delivery[] = [];
  #settling: Delivery[] = [];
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, onDelivered: (deliveries: readonly Delivery[]) => void) {
    this.#clock = clock;
    this.#onDelivered = onDelivered;
  }

  /**
   * @param kept resolves when the flow has dealt with the event; one that rejects is not delivered
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

  /** The earliest time of what is in hand; infinite where nothing is. */
  get earliest(): number {
    let earliest = Infinity;
    for (const list of [this.#kept.keys(), this.#fresh, this.#settling]) {
      for (const { time } of list) earliest = Math.min(earliest, time);
    }
    return earliest;
  }

  /** Waits a moment for the flow, and no longer: what it has not said to be through with by then stays in hand. */
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
