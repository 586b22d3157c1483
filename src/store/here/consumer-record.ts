import { isFields } from "../../core/fields";
import { matchesFilter, unescapeToken } from "../subject";
import type { Change } from "./database";
import { consumerKey, markKey, type Head } from "./keys";

/** What a store remembers of one consumer. */
export class ConsumerRecord {
  readonly name: string;
  /** Undefined: everything. */
  filter: string | undefined;
  /** All messages up to this number were read: they are in hand, acknowledged, or do not match the filter. */
  readTo = 0;
  /** Messages in hand. */
  readonly pending = new Map<number, Head>();
  /** Acknowledged messages that the store still has for other consumers, beyond the floor. */
  readonly acknowledged = new Set<number>();
  /** Deliveries of messages that are not acknowledged. */
  readonly counts = new Map<number, number>();

  constructor(name: string, filter?: string) {
    this.name = name;
    this.filter = filter;
  }

  /** Reads a consumer from its entry in the database. */
  static parse(key: Buffer, value: Buffer): ConsumerRecord {
    const fields: unknown = JSON.parse(value.toString());
    const { filter, floor } = isFields(fields) ? fields : {};
    const name = unescapeToken(key.toString("utf8", 1));
    const record = new ConsumerRecord(name, typeof filter === "string" ? filter : undefined);
    record.readTo = typeof floor === "number" ? floor : 0;
    return record;
  }

  /** All messages up to this number are acknowledged, or do not match the filter. */
  get floor(): number {
    let floor = this.readTo;
    for (const sequence of this.pending.keys()) floor = Math.min(floor, sequence - 1);
    return floor;
  }

  /** Tells whether the consumer needs a message no longer, or never did. */
  hasHandled({ sequence, subject }: Head): boolean {
    if (this.pending.has(sequence)) return false;
    if (sequence <= this.readTo || this.acknowledged.has(sequence)) return true;
    return !this.wants(subject);
  }

  /** Tells whether a subject matches the filter. */
  wants(subject: readonly string[]): boolean {
    return this.filter === undefined || matchesFilter(this.filter, subject);
  }

  /** The highest number that it knows. */
  get highest(): number {
    let highest = this.readTo;
    for (const known of [this.acknowledged, this.counts]) {
      for (const sequence of known.keys()) highest = Math.max(highest, sequence);
    }
    return highest;
  }

  /** Puts back what is in hand: it is read again. */
  rewind(): void {
    this.readTo = this.floor;
    this.pending.clear();
  }

  /** Returns a function that undoes the acknowledgement of a message. */
  undoOf(head: Head): () => void {
    const { sequence } = head;
    // An acknowledgement that comes twice changes nothing.
    if (!this.pending.has(sequence)) return () => undefined;
    const count = this.counts.get(sequence);
    return () => {
      this.acknowledged.delete(sequence);
      this.pending.set(sequence, head);
      if (count !== undefined) this.counts.set(sequence, count);
    };
  }

  /** Returns the change that stores the consumer. */
  entry(): Change {
    const value = Buffer.from(JSON.stringify({ filter: this.filter, floor: this.floor }));
    return { type: "put", key: consumerKey(this.name), value };
  }

  /** Forgets a message that is deleted. */
  forget(sequence: number): Change[] {
    const changes: Change[] = [];
    if (this.acknowledged.delete(sequence)) changes.push(this.#deletion("a", sequence));
    if (this.counts.delete(sequence)) changes.push(this.#deletion("n", sequence));
    return changes;
  }

  /** Remembers that a message, which others still need, is acknowledged. */
  remember(sequence: number): Change[] {
    const changes: Change[] = [];
    if (this.counts.delete(sequence)) changes.push(this.#deletion("n", sequence));
    const { floor } = this;
    if (sequence > floor) {
      this.acknowledged.add(sequence);
      changes.push({ type: "put", key: markKey("a", this.name, sequence), value: Buffer.alloc(0) });
      return changes;
    }
    for (const known of this.acknowledged) {
      if (known <= floor) changes.push(...this.forget(known));
    }
    changes.push(this.entry());
    return changes;
  }

  #deletion(kind: "a" | "n", sequence: number): Change {
    return { type: "del", key: markKey(kind, this.name, sequence) };
  }
}
