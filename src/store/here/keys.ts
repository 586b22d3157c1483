/**
 * The keys of the database: a letter, then what it belongs to.
 *
 * - `m` number: the envelope of a message; `h` number: its subject and size, so that a scan does not read pictures
 * - `d` number: time and identity, for as long as a repetition counts as a duplicate
 * - `l`: the last number, because the messages themselves are deleted
 * - `c` name: a consumer; `a` name number: acknowledged beyond its floor; `n` name number: deliveries
 */
import { escapeToken, formatSubject, parseSubject } from "../subject";

/** The kinds of keys that belong to a message of a consumer. */
export type ConsumerMark = "a" | "n";

/** The head of a stored message. */
export interface Head {
  sequence: number;
  subject: string[];
  /** What the message counts for `maxBytes`. */
  size: number;
}

/** The key of the last number. */
export const LAST_KEY = Buffer.from("l");
/** What the database needs for one message apart from envelope, subject and identity: keys and marks. */
const OVERHEAD = 100;

/** Returns the key of a message's envelope, head or identity. */
export function messageKey(kind: "m" | "h" | "d", sequence: number): Buffer {
  return Buffer.concat([Buffer.from(kind), numberBytes(sequence)]);
}

/** Returns the key of a consumer. */
export function consumerKey(name: string): Buffer {
  return Buffer.from(`c${escapeToken(name)}`);
}

/** Returns the key of a mark. An escaped name contains no null character. */
export function markKey(kind: ConsumerMark, name: string, sequence: number): Buffer {
  return Buffer.concat([Buffer.from(`${kind}${escapeToken(name)}\0`), numberBytes(sequence)]);
}

/** Returns the range of all marks of one kind of a consumer. */
export function markRange(kind: ConsumerMark, name: string): { gte: Buffer; lt: Buffer } {
  const start = `${kind}${escapeToken(name)}`;
  return { gte: Buffer.from(`${start}\0`), lt: Buffer.from(`${start}\u0001`) };
}

/** Returns the number at the end of a key. */
export function sequenceOf(key: Buffer): number {
  return Number(key.readBigUInt64BE(key.length - 8));
}

/** Returns a number as eight bytes, which sort like the number. */
export function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Returns what a message counts for `maxBytes`. */
export function sizeOf(subject: readonly string[], bytes: Uint8Array): number {
  return bytes.length + Buffer.byteLength(formatSubject(subject)) + OVERHEAD;
}

/** Returns the value of a head. */
export function headBytes({ subject, size }: Omit<Head, "sequence">): Buffer {
  return Buffer.concat([numberBytes(size), Buffer.from(formatSubject(subject))]);
}

/** Parses a head. */
export function parseHead(key: Buffer, value: Buffer): Head {
  return {
    sequence: sequenceOf(key),
    size: Number(value.readBigUInt64BE()),
    subject: parseSubject(value.toString("utf8", 8)),
  };
}
