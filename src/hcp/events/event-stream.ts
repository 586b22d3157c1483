import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import type { CommonEvent } from "../../events";
import type { RecordWindow } from "./missed/missed-records";
import type { HcpClient } from "../request/client";
import { EventGaps } from "./missed/gaps";
import { listedCodes } from "../event-types";
import { Deliveries, type Delivery } from "./delivery/deliveries";
import { decodeEvent, idOf, type DecodedEvent } from "./decode/event";
import { eventStatus, readPost, typesOf, type EventMessage } from "./decode/envelope";
import { EventQueue } from "./delivery/event-queue";
import { UnstoredEvents } from "./delivery/unstored-events";
import { EventSources, type SourcesSnapshot } from "./memory/known-sources";
import type { DeliveryState, EventMemory } from "./memory/event-memory";
import { LastingEvents } from "./memory/lasting-events";
import { PairedEvents } from "./memory/paired-events";
import { EventImages } from "./images/event-images";
import { RecentEvents } from "./memory/recent-events";
import { decodeRecord, hasEnded, recordId, startOf } from "./decode/record";
import { SeenEvents, seenWith, seenWithRecord } from "./memory/seen-events";
import { eventTime } from "../time";
import type { Fields } from "../values";

/** The data of the platform: its envelope with this one event, or a record. */
export interface EventOrigin {
  method?: "OnEventNotify";
  params?: { ability?: string; sendTime?: string; events: Fields[] };
  record?: Fields;
  /** True if the event was missed and fetched later. */
  backfilled?: true;
}

/**
 * The events whose images are fetched: `uploaded` are events for which the platform announces an image (status 5), and
 * records.
 */
export const imagePolicies = ["uploaded", "all", "none"] as const;
export type ImagePolicy = (typeof imagePolicies)[number];

export interface EventStreamSettings {
  client: HcpClient;
  /** Codes; an empty list means all types. */
  eventTypes: readonly number[];
  images: ImagePolicy;
  /** True to fetch missed events from the platform's records. */
  backfill: boolean;
  clock?: Clock;
  /** The most events that wait for the flow; default 10,000. */
  maxQueue?: number;
  /** True to deliver each event with the post in which it arrived. */
  raw?: boolean;
  /**
   * True if a post is received only when its events are stored: those that are not stored are accepted again, and with
   * `backfill` also fetched again. Default false.
   */
  awaitsStored?: boolean;
}

export interface EventStreamOptions extends EventStreamSettings {
  /**
   * Called for each event.
   *
   * @param body the post in which the event arrived, if `raw` is set; absent for a record
   * @returns resolves when the event is stored, if the handler supports acknowledgements
   */
  onEvent: (event: CommonEvent, origin: EventOrigin, body?: Buffer) => Promise<void> | void;
  /** Called with the events that are delivered: the next run must not deliver them again. */
  onDelivered: (deliveries: readonly Delivery[]) => void;
  /** Called with sources that were not known before. */
  onSources: (sources: SourcesSnapshot) => void;
  onProblem: (error: SurveillanceError) => void;
}

/** The events of a post. */
export interface ReceivedEvents {
  /** The earliest time of those that are new, milliseconds since the epoch; Infinity if there are none. */
  earliest: number;
  /** With `awaitsStored`, settles when they are stored, or one of them is not. */
  stored: Promise<unknown>;
}

interface Item {
  decoded: DecodedEvent;
  delivery: Delivery;
  /** The status of its message; absent for a record. */
  status?: number;
  origin: EventOrigin;
  body?: Buffer;
  /** Resolves when its images are fetched. */
  ready?: Promise<void>;
}

const MAX_QUEUE = 10_000;
/** Events that were not stored are fetched after this time: the platform may repeat them first. */
const REFILL_MS = 60_000;

/** Delivers the events that HikCentral posts, each once and in order, and fetches missed events. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #clock: Clock;
  readonly #types: ReadonlySet<number>;
  readonly #seen: SeenEvents;
  readonly #sources: EventSources;
  readonly #recent = new RecentEvents();
  readonly #images: EventImages;
  readonly #queue: EventQueue<Item>;
  readonly #gaps: EventGaps;
  readonly #deliveries: Deliveries;
  readonly #pairs: PairedEvents;
  readonly #lasting: LastingEvents;
  /** Milliseconds by which the platform's clock is ahead of ours; undefined until it is known. */
  #clockOffset: number | undefined;
  #latest: number;
  #subscribed: number | undefined;
  #overflowed = 0;
  readonly #unstored = new UnstoredEvents();
  #cancelRefill: (() => void) | undefined;

  constructor(options: EventStreamOptions, memory?: EventMemory) {
    const { client, clock = systemClock, eventTypes, backfill, maxQueue = MAX_QUEUE, onProblem } = options;
    this.#options = options;
    this.#clock = clock;
    this.#types = new Set(eventTypes);
    this.#seen = new SeenEvents(memory?.seen);
    this.#sources = new EventSources(memory?.sources);
    this.#lasting = new LastingEvents(memory?.lasting);
    this.#deliveries = new Deliveries(clock, (deliveries) => {
      for (const delivery of deliveries) this.#lasting.note(delivery);
      options.onDelivered(deliveries);
    });
    this.#pairs = new PairedEvents(memory?.open);
    this.#images = new EventImages(client, clock, onProblem);
    this.#queue = new EventQueue(maxQueue, (item) => this.#handOn(item));
    this.#gaps = new EventGaps({
      client,
      clock,
      sources: this.#sources,
      eventTypes: () =>
        eventTypes.length > 0 ? eventTypes : [...listedCodes, ...this.#sources.unlistedTypes],
      areChosen: eventTypes.length > 0,
      platformNow: () => this.#platformNow(),
      lasting: () => this.#lasting.snapshot(),
      take: (window) => this.#takeMissed(window),
      onProblem,
    });
    this.#latest = memory?.latest ?? clock.now();
    if (memory !== undefined && backfill) {
      this.#gaps.open(
        Math.min(memory.latest, memory.subscribed ?? memory.latest, memory.gap ?? memory.latest),
      );
    }
  }

  /**
   * Queues the events of a post. They are delivered later, in order.
   *
   * @returns undefined if the queue is full and the events are discarded. With `backfill`, they are fetched later.
   * @throws {SurveillanceError} HCP_EVENT_INVALID if the body is not an event message
   */
  receive(body: Buffer): ReceivedEvents | undefined {
    const messages = readPost(body);
    const received = this.#clock.now();
    const sent = Date.parse(eventTime(messages[0]?.sendTime) ?? "");
    if (!Number.isNaN(sent)) this.#clockOffset = sent - received;
    const chosen = messages.filter((message) => this.#isChosen(message));
    if (!this.#queue.hasRoomFor(chosen.length)) {
      this.#overflow(chosen);
      return undefined;
    }
    const items = chosen
      .filter((message) => this.#seen.add(idOf(message), message.status))
      .map((message) => this.#itemOf(message, body, received));
    this.#queue.push(items);
    const stored = Promise.all(chosen.map((message) => this.#unstored.stored(idOf(message), message.status)));
    // It may fail before anybody waits for it.
    stored.catch(() => undefined);
    const earliest = items.reduce((first, { delivery }) => Math.min(first, delivery.time), Infinity);
    return { earliest, stored };
  }

  /**
   * Call this when all types are subscribed. Fetches missed events if some types were not subscribed until now, or if
   * the check before failed.
   *
   * @param gap true if events may have been missed since the last call
   * @param date the HTTP header with the platform's clock
   */
  subscribed(gap: boolean, date = ""): void {
    const platform = Date.parse(date);
    // Only to the second: posts are more precise.
    if (!Number.isNaN(platform)) this.#clockOffset ??= platform - this.#clock.now();
    if (gap && this.#subscribed !== undefined && this.#options.backfill) {
      this.#gaps.open(Math.min(this.#subscribed, this.#latest));
    }
    this.#subscribed = this.#platformNow();
    void this.#gaps.fill();
  }

  /** Fetches events that were missed before the start, if the source does not manage a subscription. */
  fillGaps(): Promise<void> {
    return this.#gaps.fill();
  }

  /** Returns until when events are delivered at this moment. */
  state(): DeliveryState {
    const waiting = this.#queue.pending().map(({ delivery }) => delivery.time);
    const gap = Math.min(this.#gaps.since ?? Infinity, this.#deliveries.earliest, ...waiting);
    const [open, lasting] = [this.#pairs.snapshot(), this.#lasting.snapshot()];
    return {
      latest: this.#latest,
      ...(this.#subscribed !== undefined && { subscribed: this.#subscribed }),
      ...(gap < Infinity && { gap }),
      ...(open.length > 0 && { open }),
      ...(lasting.length > 0 && { lasting }),
    };
  }

  get sources(): SourcesSnapshot {
    return this.#sources.snapshot();
  }

  /** Stops. The state counts waiting events as missing. */
  async close(): Promise<void> {
    this.#queue.close();
    this.#cancelRefill?.();
    this.#images.close();
    await Promise.all([this.#deliveries.close(), this.#gaps.close()]);
  }

  #isChosen(message: EventMessage): boolean {
    return this.#types.size === 0 || typesOf(message).some((type) => this.#types.has(type));
  }

  #itemOf(message: EventMessage, body: Buffer, received: number): Item {
    const { ability, sendTime, fields, status } = message;
    const decoded = decodeEvent(message, this.#options.client.host, received);
    if (this.#options.awaitsStored === true) this.#unstored.add(idOf(message), status);
    const news = this.#sources.note(message);
    if (news !== undefined) this.#options.onSources(news);
    this.#pairs.join(decoded.event);
    if (status === eventStatus.image) this.#recent.complete(decoded.event);
    else this.#recent.remember(decoded.event);
    const { images, raw = false } = this.#options;
    const fetches = images === "all" || (images === "uploaded" && status === eventStatus.image);
    const origin: EventOrigin = {
      method: "OnEventNotify",
      params: {
        ...(ability !== undefined && { ability }),
        ...(sendTime !== undefined && { sendTime }),
        events: [fields],
      },
    };
    return {
      decoded,
      delivery: this.#deliveryOf(decoded, idOf(message), seenWith(status)),
      status,
      origin,
      ...(raw && { body }),
      ...(fetches && { ready: this.#images.attach(decoded) }),
    };
  }

  #handOn(item: Item): Promise<void> | undefined {
    if (item.ready === undefined) this.#emit(item);
    return item.ready?.then(() => {
      this.#emit(item);
    });
  }

  #deliveryOf({ event }: DecodedEvent, id: string, statuses: number): Delivery {
    // A device whose clock is ahead must not make the next search begin in the future.
    return { id, statuses, time: Math.min(Date.parse(event.time), this.#platformNow()) };
  }

  #emit({ decoded: { event }, delivery, status, origin, body }: Item): void {
    if (this.#queue.isClosed) return;
    const stored = this.#options.onEvent(event, origin, body) ?? undefined;
    this.#deliveries.add(delivery, stored);
    if (this.#options.awaitsStored === true) {
      stored?.catch(() => {
        this.#missed(delivery);
      });
    }
    if (status !== undefined) this.#unstored.settle(delivery.id, status, stored);
    this.#latest = Math.max(this.#latest, delivery.time);
  }

  /** Makes an event that was not stored arrive again. */
  #missed({ id, statuses, time }: Delivery): void {
    this.#seen.forget(id, statuses);
    if (!this.#options.backfill || this.#queue.isClosed) return;
    this.#gaps.open(time);
    this.#cancelRefill ??= this.#clock.after(REFILL_MS, () => {
      this.#cancelRefill = undefined;
      void this.#gaps.fill();
    });
  }

  async #takeMissed({ records }: RecordWindow): Promise<void> {
    const { client, images } = this.#options;
    for (const record of records) {
      await this.#queue.roomy();
      // The window counts as fetched when this function returns.
      if (this.#queue.isClosed) throw new SurveillanceError("CLOSED", "The node was closed.");
      const id = recordId(record);
      const ended = hasEnded(record);
      // The memory may have dropped its start after many later events.
      if (id !== undefined && this.#lasting.has(id)) this.#seen.add(id, eventStatus.started);
      const news = id === undefined ? undefined : this.#seen.addRecord(id, ended);
      if (id === undefined || news === undefined) continue;
      const decoded = decodeRecord(record, news, client.host, this.#clock.now());
      if (images !== "none" && decoded.imageAddresses.length > 0) await this.#images.attach(decoded);
      if (!ended) this.#pairs.join(decoded.event);
      const delivery = this.#deliveryOf(decoded, id, seenWithRecord(ended));
      // Records are searched by their start.
      delivery.time = Math.min(delivery.time, startOf(record) ?? Infinity);
      this.#queue.push([{ decoded, delivery, origin: { record, backfilled: true } }]);
    }
  }

  #overflow(messages: readonly EventMessage[]): void {
    const { onProblem, backfill } = this.#options;
    for (const { fields, sendTime } of messages) {
      const time = Date.parse(eventTime(String(fields.happenTime), sendTime) ?? "");
      if (backfill) this.#gaps.open(Number.isNaN(time) ? this.#platformNow() : time);
    }
    this.#overflowed += messages.length;
    if (this.#overflowed > messages.length) return;
    void this.#queue.roomy().then(() => {
      if (this.#queue.isClosed) return;
      const rest = backfill ? "They are fetched from HikCentral's records." : "They are lost.";
      onProblem(
        new SurveillanceError(
          "QUEUE_FULL",
          `The queue overflowed: the flow was too slow for ${this.#overflowed} events. ${rest}`,
          {
            advice: "Choose fewer event types, or make the flow faster.",
          },
        ),
      );
      this.#overflowed = 0;
      void this.#gaps.fill();
    });
  }

  #platformNow(): number {
    return this.#clock.now() + (this.#clockOffset ?? 0);
  }
}
