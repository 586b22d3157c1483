/**
 * What both stores (this computer and NATS JetStream) can do. A store keeps messages in the order in which they
 * arrived, until every consumer of it has acknowledged them. A store without consumers keeps everything.
 */
import type { Source, SourceHandler } from "../events/source";

/** A message on its way into a store. */
export interface OutgoingMessage {
  /** Levels of the subject, unescaped: `["surveillance", "isapi", "Gate 1", "1", "motion"]`. */
  subject: readonly string[];
  /** Two messages with the same identity within the store's `dedupWindow` are one. */
  identity: string;
  /** The envelope (envelope.ts). */
  bytes: Uint8Array;
}

/** `msg.stored`: where a message is. */
export interface Stored {
  stream: string;
  /** Counts the messages of the stream from 1. */
  sequence: number;
  /** The store had the message already. Nothing was stored. */
  duplicate: boolean;
}

export interface ConsumeOptions {
  /** The name under which the store remembers what was acknowledged. Events-in nodes with the same name share it. */
  consumer: string;
  /** A subject filter: `*` is one level, `>` is all further levels. Undefined: everything. */
  filter?: string;
  /**
   * The number of messages that may be delivered and not acknowledged. It is larger than the number in the flow, so
   * that a camera whose message waits does not hold up the others.
   */
  lookahead: number;
  /** Milliseconds without acknowledgement or `extend`, after which the store delivers a message again. */
  ackWaitMs: number;
}

/** A message that a store delivers. It is delivered again until it is acknowledged. */
export interface StoreDelivery {
  /** Levels of the subject, unescaped. */
  subject: readonly string[];
  sequence: number;
  /** The site, if the store reads those of several: each counts its own messages. */
  site?: string;
  /** When it was stored, in words of the store. It tells messages apart if somebody makes a stream anew. */
  readonly storedAt?: string;
  /**
   * The number of deliveries of this message to this consumer, including this one. It survives a restart. NATS only
   * estimates what other processes have read.
   */
  count: number;
  /**
   * Reads the envelope: large ones may be elsewhere in the store.
   * @throws {SurveillanceError}
   */
  read(): Promise<Uint8Array>;
  /**
   * Acknowledges the message: it is not delivered to this consumer again. Resolves when the store has recorded it.
   * @throws {SurveillanceError} the store cannot be reached: the message comes again
   */
  acknowledge(): Promise<void>;
  /** Asks for another delivery after a delay, milliseconds. */
  again(delayMs: number): void;
  /** Restarts `ackWaitMs`. */
  extend(): void;
}

/** One store. Nodes with the same settings share it. */
export interface EventStore {
  /**
   * Stores a message. Resolves when it survives the end of this process.
   *
   * @throws {SurveillanceError} STORE_FULL, STORE_DISK_FULL, STORE_IN_USE, STORE_FAILED, QUEUE_FULL; TOO_LARGE; TIMEOUT and CONNECTION_LOST: the
   *   message may be stored, and a repetition within `dedupWindow` stores it once; CLOSED
   */
  put(message: OutgoingMessage): Promise<Stored>;
  /** Delivers messages in the order in which they were stored, except for those that are delivered again. */
  consume(options: ConsumeOptions, handler: SourceHandler<StoreDelivery>): Source;
  /** Ends all consumption. Resolves within 2 s, when nothing of the store runs any more. */
  close(): Promise<void>;
}
