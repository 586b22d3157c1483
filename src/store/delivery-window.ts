import { systemClock, type Clock } from "../core/clock";
import { SurveillanceError, toError } from "../core/errors";
import type { Fields } from "../core/fields";
import { RecentMap } from "../core/recent-map";
import type { Source, SourceHandler } from "../events/source";
import { decodeMessage } from "./envelope";
import { Lanes, placeOf, type Held } from "./lanes";
import type { EventStore, StoreDelivery } from "./store";

/** Settings of a window. */
export interface WindowOptions {
  consumer: string;
  filter?: string;
  /** The most messages in the flow. */
  pending: number;
  /** Milliseconds in the flow without acknowledgement, after which a message is delivered again. */
  ackWaitMs: number;
  /** After so many deliveries, a message is given up. */
  maxDeliver: number;
  clock?: Clock;
}

/** A message for the flow. */
export interface WindowMessage {
  msg: Fields;
  subject: readonly string[];
  sequence: number;
  /** See StoreDelivery. */
  site?: string;
  /** The number of deliveries, including this one; of a message that is given up, of those before. */
  count: number;
  /** It is the message's last appearance: the window acknowledges it. */
  givenUp: boolean;
}

/** Messages beyond `pending` that a window holds without reading them, for cameras that do not wait. */
const LOOKAHEAD = 100;
/** More than can be on their way back to a store. */
const REMEMBERED = 10_000;
const READ_AGAIN_MS = 1000;
/** The store delivers a message this much later than agreed, at the latest. */
const LATE_MS = 5000;
/** A store waits this long for a process that is gone: its successors wait for it, so that the order is kept. */
const HOLD_MS = 10_000;

/**
 * Lets messages of a store into a flow: at most `pending`, and one of each lane, in order. The next of a lane waits
 * until the one before is acknowledged or given up. The lanes take turns.
 */
export class DeliveryWindow implements Source {
  readonly #options: WindowOptions;
  readonly #handler: SourceHandler<WindowMessage>;
  readonly #clock: Clock;
  readonly #source: Source;
  readonly #lanes = new Lanes();
  /** Acknowledged by the flow. A store that did not learn it in time delivers them again. */
  readonly #acknowledged = new RecentMap<string, string>(REMEMBERED);
  #cancelExtending: (() => void) | undefined;
  #isConnected = false;
  #closed = false;

  constructor(store: EventStore, options: WindowOptions, handler: SourceHandler<WindowMessage>) {
    this.#options = options;
    this.#handler = handler;
    this.#clock = options.clock ?? systemClock;
    const { consumer, filter, pending, ackWaitMs } = options;
    this.#source = store.consume(
      {
        consumer,
        ...(filter !== undefined && { filter }),
        lookahead: pending + LOOKAHEAD,
        ackWaitMs: Math.min(ackWaitMs, HOLD_MS),
      },
      {
        event: (delivery) => {
          this.#arrive(delivery);
        },
        state: (state) => {
          this.#isConnected = state.kind === "connected";
          handler.state(state);
        },
        failure: (error) => {
          handler.failure(error);
        },
        warning: (text) => {
          handler.warning(text);
        },
      },
    );
  }

  /** The number of messages in the flow. */
  get inFlow(): number {
    return this.#lanes.inFlow;
  }

  /**
   * Acknowledges a message. Resolves when the store has recorded it, or cannot: it then drops the message when the store
   * delivers it again. A late acknowledgement counts too.
   *
   * @returns whether the message was in the flow
   */
  async acknowledge(sequence: number, site?: string): Promise<boolean> {
    const place = placeOf({ sequence, site });
    const held = this.#lanes.get(place);
    // A message that was delivered twice is acknowledged twice.
    if (held === undefined || held.state === "waiting") return this.#acknowledged.has(place);
    await this.#finish(held);
    return true;
  }

  /**
   * Asks for another delivery of a message after a delay, milliseconds. Its lane waits for it.
   * @returns whether the message was in the flow
   */
  again(sequence: number, delayMs: number, site?: string): boolean {
    const held = this.#lanes.get(placeOf({ sequence, site }));
    if (held?.state !== "flowing") return false;
    this.#sendBack(held, delayMs);
    return true;
  }

  /** See Source. What is in the flow stays unacknowledged. */
  async close(removed?: boolean): Promise<void> {
    this.#closed = true;
    this.#cancelExtending?.();
    for (const held of this.#lanes.all()) held.cancel();
    this.#lanes.clear();
    await this.#source.close(removed);
  }

  #arrive(delivery: StoreDelivery): void {
    if (this.#closed) return;
    const place = placeOf(delivery);
    if (this.#acknowledged.get(place) === (delivery.storedAt ?? "")) {
      // Its acknowledgement was lost. A killed server forgets that it has delivered it, too.
      delivery.acknowledge().catch(() => undefined);
      return;
    }
    // Stored at another time, it is another message: somebody has made the stream anew.
    this.#acknowledged.delete(place);
    this.#lanes.add(delivery);
    this.#keepExtending();
    this.#fill();
  }

  /** Lets messages in as long as there is room. */
  #fill(): void {
    while (!this.#closed && this.inFlow < this.#options.pending) {
      const held = this.#lanes.takeNext();
      if (held === undefined) return;
      held.delivery.extend();
      void this.#enter(held);
    }
  }

  async #enter(held: Held): Promise<void> {
    const { delivery } = held;
    const { subject, sequence, site, count } = delivery;
    const place = { subject, sequence, ...(site !== undefined && { site }) };
    const isCurrent = (): boolean => !this.#closed && this.#lanes.get(placeOf(delivery)) === held;
    try {
      const bytes = await delivery.read();
      if (!isCurrent() || held.state !== "reading") return;
      const isLast = count > this.#options.maxDeliver;
      const decoded = this.#decode(bytes, subject);
      if (!isLast && decoded.isWhole) {
        held.state = "flowing";
        this.#waitForAcknowledgement(held);
        this.#emit({ msg: decoded.msg, ...place, count, givenUp: false });
        return;
      }
      // If even the second output ends the process, the message must not come again for ever.
      if (count > 2 * this.#options.maxDeliver) await delivery.acknowledge();
      const before = isLast ? count - 1 : count;
      this.#emit({ msg: decoded.msg, ...place, count: before, givenUp: true });
      await this.#finish(held);
    } catch (thrown) {
      if (!isCurrent()) return;
      if (thrown instanceof SurveillanceError && thrown.code === "STORE_MESSAGE_INVALID") {
        // The store no longer has its content.
        this.#handler.failure(thrown);
        await this.#finish(held);
      } else {
        this.#handler.warning(`A message was not read, and is read again: ${toError(thrown).message}`);
        this.#sendBack(held, READ_AGAIN_MS);
      }
    }
  }

  /** Decodes an envelope. The bytes of one that cannot be decoded become the payload, so that nothing is lost. */
  #decode(bytes: Uint8Array, subject: readonly string[]): { msg: Fields; isWhole: boolean } {
    try {
      return { msg: decodeMessage(bytes, subject), isWhole: true };
    } catch (thrown) {
      if (!(thrown instanceof SurveillanceError)) throw thrown;
      this.#handler.failure(thrown);
      return { msg: { topic: subject.join("/"), payload: Buffer.from(bytes) }, isWhole: false };
    }
  }

  #emit(message: WindowMessage): void {
    // A flow that fails does not acknowledge: the message comes again.
    try {
      void Promise.resolve(this.#handler.event(message)).catch(() => undefined);
    } catch (thrown) {
      this.#handler.warning(toError(thrown).message);
    }
  }

  #waitForAcknowledgement(held: Held): void {
    held.cancel();
    held.cancel = this.#clock.after(this.#options.ackWaitMs, () => {
      this.#sendBack(held, 0);
    });
  }

  #sendBack(held: Held, delayMs: number): void {
    held.cancel();
    held.state = "away";
    held.delivery.again(delayMs);
    this.#expectBack(held, delayMs + this.#options.ackWaitMs + LATE_MS);
    this.#fill();
  }

  /** The camera goes on without a message that the store has delivered to another reader of the consumer. */
  #expectBack(held: Held, milliseconds: number): void {
    held.cancel = this.#clock.after(milliseconds, () => {
      if (this.#isConnected) {
        this.#lanes.remove(held);
        this.#fill();
      } else this.#expectBack(held, milliseconds);
    });
  }

  /** The place in the flow is free when the store has recorded it: a crash doubles no more than `pending`. */
  async #finish(held: Held): Promise<void> {
    const { delivery } = held;
    held.cancel();
    held.state = "ending";
    this.#acknowledged.set(placeOf(delivery), delivery.storedAt ?? "");
    // The store reports that it cannot be reached. The message comes again, and is dropped.
    await delivery.acknowledge().catch(() => undefined);
    this.#lanes.remove(held);
    this.#fill();
  }

  /** Tells the store regularly that what this process has in hand is not lost. */
  #keepExtending(): void {
    this.#cancelExtending ??= this.#clock.after(Math.min(this.#options.ackWaitMs, HOLD_MS) / 3, () => {
      this.#cancelExtending = undefined;
      let holds = false;
      for (const { state, delivery } of this.#lanes.all()) {
        if (state === "away") continue;
        delivery.extend();
        holds = true;
      }
      if (holds) this.#keepExtending();
    });
  }
}
