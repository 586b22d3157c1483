import type { ConsumerInfo, JetStreamManager } from "@nats-io/jetstream";
import { steadyClock } from "../../core/clock";
import { apiCodeOf, natsError } from "./failure";
import type { NatsLink, Session } from "./connection";
import { acknowledgingConsumers } from "./consumers";
import type { NatsDelivery } from "./delivery";
import type { LargeMessages } from "./objects";
import type { NatsStream } from "./stream";

/** Acknowledged messages are removed after this time, and at this interval while more are acknowledged. */
const TRIM_MS = 5_000;
/** Other consumers move on, too. */
const IDLE_MS = 60_000;
const ORPHANS_MS = 600_000;
/** The names of large messages that wait for their removal. Those beyond it are removed as orphans. */
const MAX_OBJECTS = 10_000;
/** Removals that are on the way to the server together. */
const REMOVALS = 50;

/**
 * Removes the messages that every consumer has acknowledged. The stream keeps them otherwise: with the server's own
 * retention by interest, a stream without consumers would keep nothing.
 */
export class Trimmer {
  readonly #link: NatsLink;
  readonly #stream: NatsStream;
  readonly #large: LargeMessages;
  readonly #trimMs: number;
  readonly #warn: (text: string) => void;
  readonly #objects = new Map<number, string>();
  #cancel: () => void = () => undefined;
  #due = Infinity;
  #nextOrphans = 0;
  #closed = false;
  #trimming: Promise<void> = Promise.resolve();

  constructor(
    link: NatsLink,
    stream: NatsStream,
    large: LargeMessages,
    warn: (text: string) => void = () => undefined,
    trimMs = TRIM_MS,
  ) {
    this.#link = link;
    this.#stream = stream;
    this.#large = large;
    this.#warn = warn;
    this.#trimMs = trimMs;
  }

  /** A consumer works: what it acknowledged before the connection broke can be removed. */
  reading(): void {
    this.#schedule(this.#trimMs);
  }

  /** A message was acknowledged. */
  acknowledged({ sequence, object }: NatsDelivery): void {
    if (object !== undefined && this.#objects.size < MAX_OBJECTS) this.#objects.set(sequence, object);
    this.#schedule(this.#trimMs);
  }

  /** Ends trimming, within 1 s. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#trimming;
  }

  #schedule(delay: number): void {
    const at = steadyClock.now() + delay;
    if (this.#closed || at >= this.#due) return;
    this.#cancel();
    this.#due = at;
    this.#cancel = steadyClock.after(delay, () => {
      this.#due = Infinity;
      this.#trimming = this.#trim().finally(() => {
        this.#schedule(IDLE_MS);
      });
    });
  }

  async #trim(): Promise<void> {
    const { session } = this.#link;
    if (session === undefined) return;
    try {
      // The stream of a user has its own rules, and may keep what everybody has read.
      if (await this.#stream.isOurs(session)) await this.#removeRead(session);
      if (!this.#closed) await this.#removeObjects(session);
    } catch (thrown) {
      if (!session.nc.isClosed())
        this.#warn(natsError(thrown, `${this.#stream.where}: removing what is read`).message);
    }
  }

  async #removeRead(session: Session): Promise<void> {
    const { jsm } = await this.#stream.api(session);
    // Before the consumers: what arrives in between is not acknowledged by anybody.
    const { first_seq: first, last_seq: last } = (await jsm.streams.info(this.#stream.name)).state;
    const consumers = await acknowledgingConsumers(session, this.#stream);
    if (consumers.length === 0 || this.#closed) return;
    const floor = Math.min(...consumers.map((consumer) => acknowledgedUpTo(consumer, last)));
    await this.#removeMessages(jsm, first, floor);
  }

  /**
   * Removes messages one by one. A purge up to a sequence is one request, but version 2.9.10 of the server then forgets
   * everything that is delivered and not acknowledged: it would never come again.
   */
  async #removeMessages(jsm: JetStreamManager, first: number, floor: number): Promise<void> {
    const { name } = this.#stream;
    for (let from = first; from <= floor && !this.#closed; from += REMOVALS) {
      const count = Math.min(REMOVALS, floor - from + 1);
      const removals = Array.from({ length: count }, async (_, at) => {
        try {
          await jsm.streams.deleteMessage(name, from + at, false);
        } catch (thrown) {
          // Somebody else has removed it.
          if (apiCodeOf(thrown) === undefined) throw thrown;
        }
      });
      await Promise.all(removals);
    }
  }

  /** Removes the content of large messages that are no longer in the stream. */
  async #removeObjects(session: Session): Promise<void> {
    const { jsm } = await this.#stream.api(session);
    const { state } = await jsm.streams.info(this.#stream.name);
    for (const [sequence, object] of this.#objects) {
      if (sequence >= state.first_seq || this.#closed) continue;
      await this.#large.remove(session, object);
      this.#objects.delete(sequence);
    }
    if (steadyClock.now() < this.#nextOrphans) return;
    this.#nextOrphans = steadyClock.now() + ORPHANS_MS;
    // An empty stream knows the time of its last message.
    const oldest = Date.parse(state.messages > 0 ? state.first_ts : state.last_ts);
    await this.#large.removeOrphans(session, oldest);
  }
}

/**
 * Returns the sequence up to which a consumer has acknowledged everything. The server's own figure is not enough: in
 * version 2.9.10, it skips a message that was sent to a hub that had just died, when the site is killed too.
 */
function acknowledgedUpTo(consumer: ConsumerInfo, last: number): number {
  const { num_pending: waiting, num_ack_pending: taken, num_redelivered: again, ack_floor: floor } = consumer;
  if (waiting === 0 && taken === 0) return last;
  return taken > 0 && again > 0 ? 0 : floor.stream_seq;
}
