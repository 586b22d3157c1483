import type { Consumer, ConsumerMessages } from "@nats-io/jetstream";
import { backoff } from "../../core/backoff";
import { steadyClock } from "../../core/clock";
import type { SurveillanceError } from "../../core/errors";
import { pause } from "../../core/pause";
import { RecentMap } from "../../core/recent-map";
import type { Source, SourceHandler, SourceState } from "../../events/source";
import type { ConsumeOptions, StoreDelivery } from "../store";
import type { NatsLink, Session } from "./connection";
import { prepareConsumer } from "./consumers";
import { NatsDelivery, type DeliveryHost } from "./delivery";
import { natsError } from "./failure";
import type { LargeMessages } from "./objects";
import { collectReturning } from "./returning";
import type { NatsStream } from "./stream";
import type { Trimmer } from "./trim";

/** A request for messages ends after this time, and is repeated. */
const FETCH_MS = 30_000;
/** The server reports at this interval while a request waits. After two missing reports the request is over. */
const HEARTBEAT_MS = 5_000;
/** Attempts until a stream that cannot be used is reported. Until then, only the state shows it. */
const PATIENCE = 2;
const FLUSH_MS = 500;
/** More messages than a consumer has in hand. */
const MAX_COUNTED = 10_000;
const rhythm = { first: 250, max: 5_000, jitter: [0.8, 1.2] } as const;

/**
 * Reads a stream. It asks for as many messages as it may have, so that none waits unseen in the client. A consumer that
 * somebody has deleted is made again.
 */
export class NatsConsumer implements Source {
  readonly #link: NatsLink;
  readonly #stream: NatsStream;
  readonly #options: ConsumeOptions;
  readonly #handler: SourceHandler<StoreDelivery>;
  readonly #trimmer: Trimmer;
  readonly #closing = new AbortController();
  readonly #host: DeliveryHost;
  readonly #unsettled = new Map<number, NatsDelivery>();
  #freed: () => void = () => undefined;
  #messages: ConsumerMessages | undefined;
  /** It is closed, and offers what it has to others. */
  #offers = false;
  readonly #running: Promise<void>;
  readonly #unwatch: () => void;

  constructor(
    {
      link,
      stream,
      large,
      trimmer,
    }: { link: NatsLink; stream: NatsStream; large: LargeMessages; trimmer: Trimmer },
    options: ConsumeOptions,
    handler: SourceHandler<StoreDelivery>,
  ) {
    this.#link = link;
    this.#stream = stream;
    this.#options = options;
    this.#handler = handler;
    this.#trimmer = trimmer;
    this.#host = {
      link,
      stream,
      large,
      signal: this.#closing.signal,
      reads: new RecentMap(MAX_COUNTED),
      settled: (delivery, acknowledged) => {
        this.#settled(delivery, acknowledged);
      },
    };
    this.#unwatch = link.watch(() => {
      this.#showLink();
    });
    this.#state({ kind: "connecting" });
    this.#showLink();
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    if (this.#isClosed()) return;
    this.#closing.abort();
    this.#unwatch();
    this.#freed();
    this.#messages?.stop();
    // The server must learn first that the request is over: it would send into it what is offered.
    await Promise.race([this.#link.session?.nc.flush().catch(() => undefined), pause(FLUSH_MS, steadyClock)]);
    this.#offers = true;
    // What the flow has not acknowledged is offered to others at once.
    for (const sequence of [...this.#unsettled.keys()].sort((one, other) => one - other))
      this.#unsettled.get(sequence)?.again(0);
    await Promise.race([this.#running, pause(1_000, steadyClock)]);
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #settled(delivery: NatsDelivery, acknowledged: boolean): void {
    if (this.#unsettled.get(delivery.sequence) === delivery) this.#unsettled.delete(delivery.sequence);
    if (acknowledged) {
      this.#host.reads.delete(delivery.sequence);
      this.#trimmer.acknowledged(delivery);
    }
    this.#freed();
  }

  #state(state: SourceState): void {
    if (!this.#isClosed()) this.#handler.state(state);
  }

  /** Shows the failures of the connection. That it works is shown when the consumer works. */
  #showLink(): void {
    const { state } = this.#link;
    if (state.kind !== "retrying") return;
    if (state.failures === 1) this.#failed(state.error);
    this.#state(state);
  }

  #failed(error: SurveillanceError): void {
    if (!this.#isClosed()) this.#handler.failure(error);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!this.#isClosed()) {
      let session: Session | undefined;
      try {
        session = await this.#link.connected(signal);
        await this.#stream.prepare(session);
        const name = await prepareConsumer(session, this.#stream, this.#options);
        const { js } = await this.#stream.api(session);
        const consumer = await js.consumers.get(this.#stream.name, name);
        this.#trimmer.reading();
        this.#state({ kind: "connected" });
        await this.#receiveReturning(consumer);
        for (;;) {
          await this.#slot();
          if (this.#isClosed()) return;
          this.#messages = await consumer.fetch({
            max_messages: this.#options.lookahead - this.#unsettled.size,
            expires: FETCH_MS,
            idle_heartbeat: HEARTBEAT_MS,
          });
          for await (const message of this.#messages) {
            failures = 0;
            this.#deliver(new NatsDelivery(message, this.#host));
          }
        }
      } catch (thrown) {
        if (this.#isClosed()) return;
        if (session !== undefined) {
          this.#stream.forget(session);
          const retryMs = backoff(failures, rhythm);
          // The failure of the connection itself is shown by its watcher.
          if (!session.nc.isClosed()) this.#show(natsError(thrown, this.#stream.where), retryMs, failures);
          failures += 1;
          await pause(retryMs, steadyClock, signal);
        }
      }
    }
  }

  async #receiveReturning(consumer: Consumer): Promise<void> {
    const returning = await collectReturning({
      consumer,
      info: await consumer.info(),
      host: this.#host,
      inHand: this.#unsettled.values(),
      lookahead: this.#options.lookahead,
      onRequest: (messages) => {
        this.#messages = messages;
        if (this.#isClosed()) messages.stop();
      },
    });
    for (const delivery of returning) this.#deliver(delivery);
  }

  #show(error: SurveillanceError, retryMs: number, failures: number): void {
    // A new stream may need a moment: the events-out of the same deploy makes it.
    if (failures === (error.code === "NATS_STREAM" ? PATIENCE : 0)) this.#failed(error);
    this.#state({ kind: "retrying", error, retryMs, failures: failures + 1 });
  }

  #deliver(delivery: NatsDelivery): void {
    if (this.#offers) {
      delivery.again(0);
      return;
    }
    this.#unsettled.set(delivery.sequence, delivery);
    if (!this.#isClosed()) void this.#handler.event(delivery);
  }

  /** Waits until a message may come. Several acknowledgements in one turn make room for several messages. */
  async #slot(): Promise<void> {
    while (this.#unsettled.size >= this.#options.lookahead && !this.#isClosed()) {
      await new Promise<void>((resolve) => {
        this.#freed = resolve;
      });
    }
    await new Promise(setImmediate);
  }
}
