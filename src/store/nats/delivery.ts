import type { JsMsg } from "@nats-io/jetstream";
import { backoff } from "../../core/backoff";
import { steadyClock } from "../../core/clock";
import { withDeadline } from "../../core/deadline";
import type { SurveillanceError } from "../../core/errors";
import { pause } from "../../core/pause";
import type { RecentMap } from "../../core/recent-map";
import type { StoreDelivery } from "../store";
import { parseSubject } from "../subject";
import { closedError, type NatsLink } from "./connection";
import { natsError } from "./failure";
import { OBJECT_HEADER, type LargeMessages } from "./objects";
import type { NatsStream } from "./stream";

const ATTEMPT_MS = 3_000;
/** An acknowledgement is repeated through a restart of the server. After this, the message comes again. */
const ACK_MS = 10_000;
/** The server may send a message as often before a process has read it once. */
const SENT_FOR_ONE_READ = 100;
const rhythm = { first: 100, max: 1_000 } as const;

/** What a delivery needs of its consumer. */
export interface DeliveryHost {
  link: NatsLink;
  stream: NatsStream;
  large: LargeMessages;
  signal: AbortSignal;
  /** How often messages were read, by sequence. */
  reads: RecentMap<number, number>;
  /** The message is acknowledged, or will be delivered again. */
  settled: (delivery: NatsDelivery, acknowledged: boolean) => void;
}

/** A message of a stream. Its subject for acknowledgements outlives a connection. */
export class NatsDelivery implements StoreDelivery {
  readonly subject: readonly string[];
  readonly sequence: number;
  /**
   * Counts what this process has read. The server counts more: it also counts what waits unread, and what it
   * sends into connections that are gone, up to a hundred times in one outage.
   */
  readonly count: number;
  readonly storedAt: string;
  readonly site?: string;
  /** The server has sent it before. */
  readonly isReturning: boolean;
  /** The name of the object with the envelope, of a large message. */
  readonly object: string | undefined;
  /** Its acknowledgement is on the way. The server may have it already. */
  isEnding = false;
  readonly #host: DeliveryHost;
  readonly #data: Uint8Array;
  readonly #reply: string;

  constructor(message: JsMsg, host: DeliveryHost) {
    this.subject = parseSubject(message.subject);
    this.sequence = message.info.streamSequence;
    const reads = host.reads.get(this.sequence) ?? earlierReads(message);
    host.reads.set(this.sequence, reads);
    this.count = reads + 1;
    this.isReturning = message.info.deliveryCount > 1;
    this.storedAt = String(message.info.timestampNanos);
    if (host.stream.domain !== undefined) this.site = host.stream.domain;
    this.object =
      message.headers?.has(OBJECT_HEADER) === true ? message.headers.get(OBJECT_HEADER) : undefined;
    this.#host = host;
    this.#data = message.data;
    this.#reply = replyOf(message);
  }

  async read(): Promise<Uint8Array> {
    this.#host.reads.set(this.sequence, this.count);
    if (this.object === undefined) return this.#data;
    const { link, large, signal } = this.#host;
    return large.read(await link.connected(signal), this.object);
  }

  acknowledge(): Promise<void> {
    this.isEnding = true;
    return withDeadline(ACK_MS, steadyClock, this.#host.signal, (deadline) => this.#acknowledge(deadline));
  }

  async #acknowledge(deadline: AbortSignal): Promise<void> {
    const { link, stream, signal } = this.#host;
    for (let attempt = 0; ; attempt += 1) {
      let error: SurveillanceError;
      try {
        const { nc } = await link.connected(deadline);
        await nc.request(this.#reply, "+ACK", { timeout: ATTEMPT_MS });
        this.#host.settled(this, true);
        return;
      } catch (thrown) {
        error = natsError(thrown, stream.where);
      }
      await pause(backoff(attempt, rhythm), steadyClock, deadline);
      if (deadline.aborted) {
        this.#host.settled(this, false);
        throw signal.aborted ? closedError(stream.where) : error;
      }
    }
  }

  again(delayMs: number): void {
    this.#publish(delayMs > 0 ? `-NAK {"delay": ${Math.round(delayMs * 1e6)}}` : "-NAK");
    this.#host.settled(this, false);
  }

  extend(): void {
    this.#publish("+WPI");
  }

  /** Without a connection nothing is sent: the message comes again by itself. */
  #publish(text: string): void {
    const nc = this.#host.link.session?.nc;
    if (nc?.isClosed() === false) nc.publish(this.#reply, text);
  }
}

/**
 * Estimates how often other processes have read a message. One that the server sends for the first time was not read. A
 * message that ends each process that reads it must be given up some day.
 */
function earlierReads({ info: { deliveryCount } }: JsMsg): number {
  return deliveryCount === 1 ? 0 : 1 + Math.floor(deliveryCount / SENT_FOR_ONE_READ);
}

/** The client's type does not name the subject for acknowledgements. */
function replyOf(message: JsMsg): string {
  return (message as JsMsg & { reply: string }).reply;
}
