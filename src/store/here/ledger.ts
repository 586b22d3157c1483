import { SurveillanceError } from "../../core/errors";
import type { OutgoingMessage, Stored } from "../store";
import { ConsumerRecord } from "./consumer-record";
import type { Change, Database } from "./database";
import * as keys from "./keys";

/** The limits of a store. */
export interface LedgerSettings {
  stream: string;
  maxBytes: number;
  dedupWindowMs: number;
}

/** More than arrive within any sensible window. The oldest is forgotten. */
const MAX_IDENTITIES = 500_000;
const FORGET_AT_ONCE = 100;
const MEGABYTE = 1e6;

/** What a store knows about its messages without reading them, and the changes of the database that keep it so. */
export class Ledger {
  readonly settings: LedgerSettings;
  readonly consumers = new Map<string, ConsumerRecord>();
  /** The number of the last message, written or about to be. */
  last = 0;
  /** The size of all messages. */
  bytes = 0;
  /** Bytes deleted since the database was last compacted. */
  freed = 0;
  /** While the store is swept: the messages that are deleted meanwhile. */
  deleted: Set<number> | undefined;
  readonly #identities = new Map<string, { sequence: number; time: number }>();

  constructor(settings: LedgerSettings) {
    this.settings = settings;
  }

  /** Reads everything from the database. What consumers have in hand stays there. */
  async load(database: Database): Promise<void> {
    const last = await database.get(keys.LAST_KEY);
    this.last = last === undefined ? 0 : Number(last.readBigUInt64BE());
    await this.#loadConsumers(database);
    // A repaired database may have lost it. A number that a consumer has handled must not be given to another message.
    for (const { highest } of this.consumers.values()) this.last = Math.max(this.last, highest);
    this.#identities.clear();
    for await (const [key, value] of database.scan(Buffer.from("d"), Buffer.from("e"))) {
      const sequence = keys.sequenceOf(key);
      this.last = Math.max(this.last, sequence);
      this.#identities.set(value.toString("utf8", 8), { sequence, time: Number(value.readBigUInt64BE()) });
    }
    this.bytes = 0;
    for await (const [key, value] of database.scan(Buffer.from("h"), Buffer.from("i"))) {
      const head = keys.parseHead(key, value);
      this.last = Math.max(this.last, head.sequence);
      this.bytes += head.size;
      // A process that was killed may have left it, after its consumer was removed.
      if (this.isHandled(head)) await database.apply(this.remove(head), false);
    }
  }

  async #loadConsumers(database: Database): Promise<void> {
    for await (const [key, value] of database.scan(Buffer.from("c"), Buffer.from("d"))) {
      const known = ConsumerRecord.parse(key, value);
      // What is in memory is at least as new, and messages of it are in the flow.
      if (this.consumers.has(known.name)) continue;
      this.consumers.set(known.name, known);
      const marks = keys.markRange("a", known.name);
      for await (const [mark] of database.scan(marks.gte, marks.lt)) {
        known.acknowledged.add(keys.sequenceOf(mark));
      }
      const counts = keys.markRange("n", known.name);
      for await (const [mark, count] of database.scan(counts.gte, counts.lt)) {
        known.counts.set(keys.sequenceOf(mark), Number(count.readBigUInt64BE()));
      }
    }
  }

  /**
   * Prepares the storing of a message.
   * @throws {SurveillanceError} STORE_FULL
   */
  put({ subject, identity, bytes }: OutgoingMessage, now: number): { changes: Change[]; result: Stored } {
    const { stream } = this.settings;
    const changes = this.#forgetIdentities(now);
    const known = this.#identities.get(identity);
    if (known !== undefined && !this.#isOver(known.time, now)) {
      return { changes, result: { stream, sequence: known.sequence, duplicate: true } };
    }
    const size = keys.sizeOf(subject, bytes);
    // What no consumer wants counts as handled by all.
    const isWanted =
      this.consumers.size === 0 || [...this.consumers.values()].some((each) => each.wants(subject));
    if (isWanted && this.bytes + size > this.settings.maxBytes) throw this.#full(size);

    if (known !== undefined) changes.push(this.#forgetIdentity(identity, known.sequence));
    const sequence = this.last + 1;
    this.last = sequence;
    this.#identities.set(identity, { sequence, time: now });
    changes.push(
      { type: "put", key: keys.LAST_KEY, value: keys.numberBytes(sequence) },
      {
        type: "put",
        key: keys.messageKey("d", sequence),
        value: Buffer.concat([keys.numberBytes(now), Buffer.from(identity)]),
      },
    );
    if (isWanted) {
      this.bytes += size;
      const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      changes.push(
        { type: "put", key: keys.messageKey("m", sequence), value },
        {
          type: "put",
          key: keys.messageKey("h", sequence),
          value: keys.headBytes({ subject: [...subject], size }),
        },
      );
    }
    return { changes, result: { stream, sequence, duplicate: false } };
  }

  /** Prepares an acknowledgement. The message is deleted when no other consumer needs it. */
  acknowledge(consumer: ConsumerRecord, head: keys.Head): Change[] {
    if (!this.#has(consumer) || !consumer.pending.delete(head.sequence)) return [];
    return this.isHandled(head) ? this.remove(head) : consumer.remember(head.sequence);
  }

  /** Prepares the count of a delivery. */
  countDelivery(consumer: ConsumerRecord, sequence: number, count: number): Change[] {
    if (!this.#has(consumer) || !consumer.pending.has(sequence)) return [];
    consumer.counts.set(sequence, count);
    return [{ type: "put", key: keys.markKey("n", consumer.name, sequence), value: keys.numberBytes(count) }];
  }

  /** Prepares the removal of a consumer. What only it needed remains, until the store is swept. */
  forgetConsumer(consumer: ConsumerRecord): Change[] {
    this.consumers.delete(consumer.name);
    const marked = [...consumer.acknowledged, ...consumer.counts.keys()];
    return [
      { type: "del", key: keys.consumerKey(consumer.name) },
      ...marked.flatMap((sequence) => consumer.forget(sequence)),
    ];
  }

  /** Tells whether all consumers have handled a message. Without consumers, none is handled. */
  isHandled(head: keys.Head): boolean {
    return this.consumers.size > 0 && [...this.consumers.values()].every((each) => each.hasHandled(head));
  }

  /** Returns the changes that delete a message. */
  remove({ sequence, size }: keys.Head): Change[] {
    this.bytes -= size;
    this.freed += size;
    this.deleted?.add(sequence);
    return [
      { type: "del", key: keys.messageKey("m", sequence) },
      { type: "del", key: keys.messageKey("h", sequence) },
      ...[...this.consumers.values()].flatMap((each) => each.forget(sequence)),
    ];
  }

  /** A removed consumer may still have messages in the flow. */
  #has(consumer: ConsumerRecord): boolean {
    return this.consumers.get(consumer.name) === consumer;
  }

  #isOver(time: number, now: number): boolean {
    // A time in the future: the clock was set back.
    return Math.abs(now - time) > this.settings.dedupWindowMs;
  }

  #forgetIdentities(now: number): Change[] {
    const changes: Change[] = [];
    for (const [identity, { sequence, time }] of this.#identities) {
      const isSurplus = this.#identities.size > MAX_IDENTITIES;
      if (changes.length >= FORGET_AT_ONCE || !(isSurplus || this.#isOver(time, now))) break;
      changes.push(this.#forgetIdentity(identity, sequence));
    }
    return changes;
  }

  #forgetIdentity(identity: string, sequence: number): Change {
    this.#identities.delete(identity);
    return { type: "del", key: keys.messageKey("d", sequence) };
  }

  #full(size: number): SurveillanceError {
    const { stream, maxBytes } = this.settings;
    const [behind] = [...this.consumers.values()].sort((a, b) => a.floor - b.floor);
    const reason =
      behind === undefined
        ? "No events-in reads it."
        : `The consumer ${behind.name} is furthest behind, by up to ${this.last - behind.floor} messages.`;
    const limit = `${(this.bytes / MEGABYTE).toFixed(1)} of ${(maxBytes / MEGABYTE).toFixed(1)} MB`;
    return new SurveillanceError(
      "STORE_FULL",
      `The event store ${stream} is full: ${limit} are in use, and the message has ${size} bytes. ${reason}`,
      { advice: "Start the flow that reads it, remove its events-in node, or raise the limit." },
    );
  }
}
