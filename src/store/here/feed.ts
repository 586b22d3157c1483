import type { SourceHandler } from "../../events/source";
import { toError } from "../../core/errors";
import type { ConsumeOptions, StoreDelivery } from "../store";
import type { ConsumerRecord } from "./consumer-record";
import type { Head } from "./keys";

/** A node that consumes. */
export interface Subscription {
  options: ConsumeOptions;
  handler: SourceHandler<StoreDelivery>;
  /** The number of messages it has in hand. */
  held: number;
}

/** What a feed needs of its store. */
export interface FeedStore {
  after(milliseconds: number, run: () => void): () => void;
  /** Returns the next heads, and a number up to which no others exist. */
  heads(after: number, limit: number): Promise<{ heads: Head[]; upTo: number }>;
  read(consumer: ConsumerRecord, head: Head, count: number): Promise<Uint8Array>;
  acknowledge(consumer: ConsumerRecord, head: Head): Promise<void>;
}

/** A message in hand. */
interface InHand {
  head: Head;
  /** Undefined: it waits for a node with room. */
  holder: Subscription | undefined;
  cancel: () => void;
}

const SCAN = 256;

/** Delivers the messages of one consumer to its nodes, in order, as far as these have room. */
export class Feed {
  readonly record: ConsumerRecord;
  readonly subscriptions = new Set<Subscription>();
  readonly #store: FeedStore;
  readonly #inHand = new Map<number, InHand>();
  #pumping = false;
  #pumpAgain = false;

  constructor(record: ConsumerRecord, store: FeedStore) {
    this.record = record;
    this.#store = store;
  }

  /** Ends a node's consumption. What it has in hand goes to the other nodes of the consumer, or waits for one. */
  remove(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
    for (const message of this.#inHand.values()) {
      if (message.holder === subscription) this.#release(message);
    }
    this.pump();
  }

  /** Cancels all timers. */
  close(): void {
    this.subscriptions.clear();
    for (const message of this.#inHand.values()) this.#release(message);
  }

  /** Delivers what can be delivered now. */
  pump(): void {
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#pumpAll();
  }

  async #pumpAll(): Promise<void> {
    while (this.#pumpAgain) {
      this.#pumpAgain = false;
      this.#redeliver();
      try {
        while (this.#next() !== undefined && (await this.#readOn())) {
          // Each turn reads some heads.
        }
      } catch {
        // The store failed. It reports that itself, and pumps again when it works.
      }
    }
    this.#pumping = false;
  }

  /** Delivers again what came back, before anything new. */
  #redeliver(): void {
    const waiting = [...this.#inHand.values()].filter(({ holder }) => holder === undefined);
    for (const message of waiting.sort((a, b) => a.head.sequence - b.head.sequence)) {
      const to = this.#next();
      if (to === undefined) return;
      this.#deliver(message, to);
    }
  }

  /** @returns whether there may be more */
  async #readOn(): Promise<boolean> {
    const { record } = this;
    const { heads, upTo } = await this.#store.heads(record.readTo, SCAN);
    for (const head of heads) {
      const to = this.#next();
      if (to === undefined) return false;
      record.readTo = head.sequence;
      if (record.acknowledged.has(head.sequence) || !record.wants(head.subject)) continue;
      record.pending.set(head.sequence, head);
      const message: InHand = { head, holder: undefined, cancel: () => undefined };
      this.#inHand.set(head.sequence, message);
      this.#deliver(message, to);
    }
    if (heads.length === SCAN) return true;
    record.readTo = Math.max(record.readTo, upTo);
    return false;
  }

  /** Returns the node that has room for most messages. */
  #next(): Subscription | undefined {
    let best: Subscription | undefined;
    let most = 0;
    for (const each of this.subscriptions) {
      const room = each.options.lookahead - each.held;
      if (room > most) [best, most] = [each, room];
    }
    return best;
  }

  #deliver(message: InHand, to: Subscription): void {
    const { head } = message;
    const count = (this.record.counts.get(head.sequence) ?? 0) + 1;
    message.holder = to;
    to.held += 1;
    const isCurrent = (): boolean => this.#inHand.get(head.sequence) === message && message.holder === to;
    const wait = (milliseconds: number): void => {
      if (!isCurrent()) return;
      message.cancel();
      message.cancel = this.#store.after(milliseconds, () => {
        this.#release(message);
        this.pump();
      });
    };
    const extend = (): void => {
      wait(to.options.ackWaitMs);
    };
    extend();
    const delivery: StoreDelivery = {
      subject: head.subject,
      sequence: head.sequence,
      count,
      read: () => this.#store.read(this.record, head, count),
      acknowledge: () => this.#acknowledge(head),
      again: wait,
      extend,
    };
    try {
      void Promise.resolve(to.handler.event(delivery)).catch(() => undefined);
    } catch (thrown) {
      to.handler.warning(toError(thrown).message);
    }
  }

  /** A late acknowledgement counts too: by then, another node may have the message in hand. */
  async #acknowledge(head: Head): Promise<void> {
    await this.#store.acknowledge(this.record, head);
    const message = this.#inHand.get(head.sequence);
    if (message === undefined) return;
    this.#release(message);
    this.#inHand.delete(head.sequence);
    this.pump();
  }

  #release(message: InHand): void {
    message.cancel();
    if (message.holder !== undefined) message.holder.held -= 1;
    message.holder = undefined;
  }
}
