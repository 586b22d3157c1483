import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError, toError } from "../../core/errors";
import { Once } from "../../core/once";
import type { CommonEvent } from "../../events";
import type { Source, SourceHandler } from "../../events/source";
import { CallbackTest, isCallbackTest } from "../diagnosis/callback-test";
import type { CallbackReport } from "../diagnosis/reports";
import { listedCodes } from "../event-types";
import { EventStream, type EventOrigin, type EventStreamSettings } from "./event-stream";
import type { EventMemory } from "./memory/event-memory";
import { EventJournal, type JournalMemory } from "./memory/journal";
import { OVERLAP_MS } from "./missed/gaps";
import { EventSubscription } from "./subscription/subscription";

export interface HcpEvent {
  event: CommonEvent;
  origin: EventOrigin;
  /** The post in which the event arrived, if `raw` is set; absent for a record. */
  body?: Buffer;
}

/** The details of the state `connected`. */
export interface HcpEventConnection {
  /** The number of subscribed event types; absent if the source does not manage the subscription. */
  types?: number;
  /** The time of the platform's last post, to the second; milliseconds since the epoch. */
  posted: number;
}

export interface HcpEventSourceOptions extends EventStreamSettings {
  /** The address to which the platform posts. Without it, the source does not manage a subscription. */
  eventDest?: string | undefined;
  /** Seconds between two checks of the subscription. */
  checkEvery: number;
  /**
   * File name of the journal, without extension. The journal outlasts a restart. Without a name, there is no journal.
   */
  journal?: string | undefined;
  /** Returns the memory that an earlier version kept in another place. Called once, without a journal. @internal */
  inherit?: () => Promise<EventMemory | undefined>;
  /** Called after each successful check of the subscription. It ends the failures that were reported before. */
  onChecked?: () => void;
}

/** All failures of the subscription are reported under one key. */
const SUBSCRIPTION = "subscription";
/**
 * The interval at which the state is written, because it changes with every event. A restart searches from some time
 * before it.
 */
const STATE_EVERY_MS = 1000;

/**
 * The events of HikCentral. The source subscribes them, receives them, and remembers them from one run to the next. It
 * is `connecting` until the event types are subscribed, `waiting` until the first post of the platform, and then
 * `connected`. If it does not manage a subscription, it is `connecting` until the first post.
 */
export class HcpEventSource implements Source {
  readonly #options: HcpEventSourceOptions;
  readonly #handler: SourceHandler<HcpEvent, HcpEventConnection>;
  readonly #clock: Clock;
  readonly #reported = new Once();
  readonly #subscription: EventSubscription;
  readonly #journal: EventJournal | undefined;
  readonly #callback: CallbackTest;
  readonly #stream: Promise<EventStream>;
  /** The stream, once it has started. */
  #running: EventStream | undefined;
  /** The number of subscribed types; undefined unless all types are subscribed. */
  #types: number | undefined;
  /** The time of the platform's last post, to the second. */
  #posted: number | undefined;
  /** The state that was written last, and the time from which a restart would search with it. */
  #written = "";
  #writtenSince = Infinity;
  #cancelState: (() => void) | undefined;
  #closed = false;

  constructor(options: HcpEventSourceOptions, handler: SourceHandler<HcpEvent, HcpEventConnection>) {
    const { eventTypes, eventDest, clock = systemClock, journal: file } = options;
    this.#options = options;
    this.#handler = handler;
    this.#clock = clock;
    handler.state({ kind: "connecting" });
    this.#subscription = new EventSubscription({
      ...options,
      eventTypes: eventTypes.length > 0 ? eventTypes : listedCodes,
      onOwn: async (own) => {
        this.#journal?.add({ own });
        await this.#journal?.flush();
      },
      onSubscribed: (count, gap, date) => {
        this.#subscribed(count, gap, date);
      },
      onRefused: (error) => {
        this.#fail(error, SUBSCRIPTION);
      },
      onProblem: (error, retryMs) => {
        this.#types = undefined;
        handler.state({ kind: "retrying", error, retryMs });
        this.#fail(error, SUBSCRIPTION);
      },
      onAdvice: (error) => {
        this.#warn(error);
      },
    });
    this.#callback = new CallbackTest({
      clock,
      url: eventDest,
      onAdvice: (error) => {
        this.#warn(error);
      },
    });
    if (file !== undefined) this.#journal = this.#openJournal(file);
    this.#stream = this.#start();
  }

  /**
   * Receives the body of a post.
   *
   * @returns false if the queue is full and the events are rejected
   * @throws {SurveillanceError} HCP_EVENT_INVALID if it is not an event message; with `awaitsStored`, the error of the
   *   handler that did not store one of its events
   */
  async receive(body: Buffer): Promise<boolean> {
    if (isCallbackTest(body)) return true;
    const stream = await this.#stream;
    const received = stream.receive(body);
    this.#callback.proven();
    this.#notePost();
    // With the state that was written last, a restart would not search that far back for these events.
    if (received !== undefined && received.earliest < this.#writtenSince - OVERLAP_MS) {
      this.#writeState(stream);
      await this.#journal?.flush();
    }
    await received?.stored;
    return received !== undefined;
  }

  /** Compares the platform's subscription with this one and posts to the callback address once. Never rejects. */
  async test(): Promise<CallbackReport> {
    const [subscription, post] = await Promise.all([this.#subscription.compare(), this.#callback.post()]);
    return { subscription, post };
  }

  async close(removed = false): Promise<void> {
    this.#closed = true;
    this.#cancelState?.();
    this.#callback.close();
    const stream = await this.#stream;
    const closing = [this.#subscription.close(removed), stream.close()];
    const failed = (await Promise.allSettled(closing)).find(({ status }) => status === "rejected");
    if (removed) await this.#journal?.remove();
    else {
      this.#writeState(stream);
      await this.#journal?.close();
    }
    if (failed?.status === "rejected") throw toError(failed.reason);
  }

  #subscribed(count: number, gap: boolean, date: string): void {
    this.#reported.clear();
    this.#options.onChecked?.();
    if (this.#types !== count) {
      this.#types = count;
      this.#showState();
    }
    void this.#stream.then((stream) => {
      stream.subscribed(gap, date);
      this.#writeState(stream);
    });
    this.#callback.start();
  }

  #notePost(): void {
    const second = Math.trunc(this.#clock.now() / 1000) * 1000;
    if (second === this.#posted) return;
    this.#posted = second;
    this.#showState();
  }

  /** Shows the state. A post alone does not complete the subscription: other types may be missing. */
  #showState(): void {
    if (this.#closed) return;
    const [types, posted] = [this.#types, this.#posted];
    const isManaged = this.#options.eventDest !== undefined;
    if (isManaged && types === undefined) return;
    if (posted === undefined) this.#handler.state({ kind: "waiting" });
    else this.#handler.state({ kind: "connected", ...(types !== undefined && { types }), posted });
  }

  #fail(error: SurveillanceError, about = error.message): void {
    if (this.#reported.first(about)) this.#handler.failure(error);
  }

  #warn({ message }: Error): void {
    if (this.#reported.first(message)) this.#handler.warning(message);
  }

  #openJournal(file: string): EventJournal {
    return new EventJournal({
      file,
      current: () => ({
        own: this.#subscription.own,
        ...(this.#running && { state: this.#running.state(), sources: this.#running.sources }),
      }),
      onProblem: (error) => {
        this.#warn(error);
      },
    });
  }

  async #start(): Promise<EventStream> {
    const { eventDest } = this.#options;
    const memory = await this.#remembered();
    this.#subscription.remember(memory?.own ?? []);
    const stream = new EventStream(
      {
        ...this.#options,
        onEvent: (event, origin, body) =>
          this.#handler.event({ event, origin, ...(body !== undefined && { body }) }),
        onProblem: (error) => {
          this.#fail(error);
        },
        onDelivered: (deliveries) => {
          this.#journal?.add({ seen: deliveries.map(({ id, statuses }) => [id, statuses]) });
        },
        onSources: (sources) => this.#journal?.add({ sources }),
      },
      memory?.stream,
    );
    this.#running = stream;
    if (this.#closed) return stream;
    // From here on nothing is lost: a restart searches for events from before the first entry of the journal.
    this.#writeState(stream);
    await this.#journal?.flush();
    if (eventDest === undefined) void stream.fillGaps();
    else void this.#subscription.check();
    this.#writeStateLater(stream);
    return stream;
  }

  async #remembered(): Promise<JournalMemory | undefined> {
    try {
      const known = await this.#journal?.load();
      if (known !== undefined) return known;
      const stream = await this.#options.inherit?.();
      if (stream === undefined) return undefined;
      const { seen, sources } = stream;
      this.#journal?.add({ seen, sources });
      return { stream, own: [] };
    } catch (error) {
      this.#fail(unreadable(error));
      return undefined;
    }
  }

  #writeStateLater(stream: EventStream): void {
    this.#cancelState = this.#clock.after(STATE_EVERY_MS, () => {
      this.#writeState(stream);
      if (!this.#closed) this.#writeStateLater(stream);
    });
  }

  #writeState(stream: EventStream): void {
    if (this.#journal === undefined) return;
    const state = stream.state();
    const text = JSON.stringify(state);
    if (text === this.#written) return;
    this.#written = text;
    const { latest, subscribed = latest, gap = latest } = state;
    this.#writtenSince = Math.min(latest, subscribed, gap);
    this.#journal.add({ state });
  }
}

function unreadable(cause: unknown): SurveillanceError {
  return new SurveillanceError(
    "HCP_EVENTS_MISSED",
    `The journal of delivered events cannot be read: ${toError(cause).message}`,
    { advice: "Events may be missed, or sent twice.", cause },
  );
}
