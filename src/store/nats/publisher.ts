import { createHash, randomUUID } from "node:crypto";
import { backoff } from "../../core/backoff";
import { steadyClock } from "../../core/clock";
import { withDeadline } from "../../core/deadline";
import { SurveillanceError } from "../../core/errors";
import { pause } from "../../core/pause";
import { Serial } from "../../core/serial";
import type { OutgoingMessage, Stored } from "../store";
import { formatSubject, laneOf } from "../subject";
import { closedError, type NatsLink, type Session } from "./connection";
import { fullestConsumer } from "./consumers";
import { isNoResponders, natsError } from "./failure";
import { OBJECT_HEADER, type LargeMessages } from "./objects";
import type { NatsStream } from "./stream";

/** A server that restarts is back within this time. After it, the sender learns that its message is not stored. */
const PUT_MS = 30_000;
const ATTEMPT_MS = 5_000;
const rhythm = { first: 100, max: 2_000, jitter: [0.8, 1.2] } as const;
/** What may wait for the server, together. */
const MAX_PENDING = 2_000;
const MAX_PENDING_BYTES = 64_000_000;
/** Subject and headers count for max_payload, too. */
const HEADROOM = 8_192;

/** Stores messages: one after the other for each camera, and again with the same id until the outcome is known. */
export class Publisher {
  readonly #link: NatsLink;
  readonly #stream: NatsStream;
  readonly #large: LargeMessages;
  readonly #putMs: number;
  readonly #lanes = new Map<string, Serial>();
  readonly #closing = new AbortController();
  #pending = 0;
  #bytes = 0;

  constructor(link: NatsLink, stream: NatsStream, large: LargeMessages, putMs = PUT_MS) {
    this.#link = link;
    this.#stream = stream;
    this.#large = large;
    this.#putMs = putMs;
  }

  async put(message: OutgoingMessage): Promise<Stored> {
    const size = message.bytes.length;
    if (this.#closing.signal.aborted) throw closedError(this.#stream.where);
    if (this.#pending >= MAX_PENDING || (this.#pending > 0 && this.#bytes + size > MAX_PENDING_BYTES)) {
      throw new SurveillanceError(
        "QUEUE_FULL",
        `${this.#stream.where}: ${this.#pending} messages already wait to be stored.`,
        { advice: "The server is too slow, or cannot be reached." },
      );
    }
    const key = laneOf(message.subject);
    const lane = this.#lanes.get(key) ?? new Serial();
    this.#lanes.set(key, lane);
    this.#pending += 1;
    this.#bytes += size;
    try {
      return await withDeadline(this.#putMs, steadyClock, this.#closing.signal, (deadline) =>
        lane.run(() => this.#attempts(message, deadline)),
      );
    } finally {
      this.#pending -= 1;
      this.#bytes -= size;
      if (lane.size === 0) this.#lanes.delete(key);
    }
  }

  /** Ends what waits, with the error CLOSED. */
  close(): void {
    this.#closing.abort();
  }

  async #attempts(message: OutgoingMessage, deadline: AbortSignal): Promise<Stored> {
    const object = `${Date.now().toString(36)}-${randomUUID()}`;
    for (let attempt = 0; ; attempt += 1) {
      let error: SurveillanceError;
      try {
        const session = await this.#link.connected(deadline);
        return await this.#attempt(session, message, object, attempt);
      } catch (thrown) {
        if (this.#isClosed()) throw closedError(this.#stream.where);
        error = natsError(thrown, this.#stream.where);
        if (!isPassing(error, thrown) || deadline.aborted) throw error;
      }
      await pause(backoff(attempt, rhythm), steadyClock, deadline);
      if (this.#isClosed()) throw closedError(this.#stream.where);
    }
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #attempt(
    session: Session,
    { subject, identity, bytes }: OutgoingMessage,
    object: string,
    attempt: number,
  ): Promise<Stored> {
    await this.#stream.prepare(session);
    const { js } = await this.#stream.api(session);
    const isLarge = bytes.length > (session.nc.info?.max_payload ?? 1_048_576) - HEADROOM;
    const headers = session.client.transport.headers();
    if (isLarge) {
      await this.#large.write(session, object, bytes);
      headers.set(OBJECT_HEADER, object);
    }
    try {
      const { stream, seq, duplicate } = await js.publish(
        formatSubject(subject),
        isLarge ? undefined : bytes,
        {
          msgID: messageId(identity),
          headers,
          expect: { streamName: this.#stream.name },
          timeout: ATTEMPT_MS,
        },
      );
      // In the first attempt, an earlier message is meant. Later it may be this one, whose confirmation was lost.
      if (duplicate && isLarge && attempt === 0)
        await this.#large.remove(session, object).catch(() => undefined);
      return { stream, sequence: seq, duplicate: duplicate && attempt === 0 };
    } catch (thrown) {
      // Somebody may have deleted the stream.
      if (isNoResponders(thrown)) this.#stream.forget(session);
      const error = natsError(thrown, this.#stream.where);
      throw error.code === "STORE_FULL" ? await this.#full(session, error) : thrown;
    }
  }

  /** Adds the consumer that is furthest behind. */
  async #full(session: Session, error: SurveillanceError): Promise<SurveillanceError> {
    const behind = await fullestConsumer(session, this.#stream).catch(() => undefined);
    const advice =
      behind === undefined
        ? "No events-in reads it. Add one, or increase the limit of the store."
        : `Consumer ${behind.name} has ${behind.messages} messages before it. Let it read, delete it, or increase the limit of the store.`;
    return new SurveillanceError("STORE_FULL", `${this.#stream.where}: the stream has reached its limit.`, {
      advice,
      cause: error,
    });
  }
}

/** Tells whether another attempt within seconds may succeed. A restarted server has no stream for a moment. */
function isPassing({ code }: SurveillanceError, thrown: unknown): boolean {
  return (
    ["TIMEOUT", "CONNECTION_LOST", "CONNECTION_REFUSED", "HOST_UNKNOWN"].includes(code) ||
    isNoResponders(thrown)
  );
}

/** Returns the identity as the value of a header: what a header cannot carry is hashed. */
function messageId(identity: string): string {
  return /^[\x21-\x7e]{1,200}$/.test(identity)
    ? identity
    : createHash("sha256").update(identity).digest("base64url");
}
