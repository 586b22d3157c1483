import { systemClock, type Clock } from "../clock";
import { SurveillanceError } from "../errors";
import type { CommonEvent } from "../events";
import type { RecordWindow } from "./backfill";
import type { HcpClient } from "./client";
import { EventGaps } from "./event-gaps";
import { listedCodes } from "./event-types";
import { decodeEvent, idOf, type DecodedEvent } from "./events/decode";
import { eventStatus, readPost, typesOf, type EventMessage } from "./events/envelope";
import { EventQueue } from "./events/event-queue";
import { EventSources, type SourcesSnapshot } from "./events/event-sources";
import { EventPictures } from "./events/pictures";
import { RecentEvents } from "./events/recent-events";
import { decodeRecord, hasEnded, recordId } from "./events/record";
import { SeenEvents, type SeenSnapshot } from "./events/seen-events";
import { eventTime } from "./events/time";
import type { Fields } from "./events/values";

/** How the platform said it: its envelope with this one event in it; a fetched record in place of it. */
export interface EventOrigin {
  method?: "OnEventNotify";
  params?: { ability?: string; sendTime?: string; events: Fields[] };
  record?: Fields;
  /** True for what was missed as it happened and fetched later. */
  backfilled?: true;
}

/** Plain data: what has to be remembered from one run to the next. */
export interface EventStreamMemory {
  /** Time of the latest event, milliseconds since the epoch on the platform's clock. */
  latest: number;
  /** When all types were last known to be subscribed. */
  subscribed?: number;
  /** Since when events are known to be missing. */
  gap?: number;
  seen: SeenSnapshot;
  sources: SourcesSnapshot;
}

/** Whose pictures are fetched: of events that the platform says have got one (status 5) and of fetched records; of all; of none. */
export const picturePolicies = ["uploaded", "all", "none"] as const;
export type PicturePolicy = (typeof picturePolicies)[number];

export interface EventStreamOptions {
  client: HcpClient;
  /** Codes; none for every type. */
  eventTypes: readonly number[];
  pictures: PicturePolicy;
  /** Whether events that were missed are fetched from the platform's records. */
  backfill: boolean;
  clock?: Clock;
  /** How many events may wait for the flow. */
  maxQueue?: number;
  /** Whether the post that an event came in is handed on with it. */
  raw?: boolean;
  /** @param body the post that the event came in, where it is asked for; absent for a fetched one */
  onEvent: (event: CommonEvent, origin: EventOrigin, body?: Buffer) => void;
  onProblem: (error: Error) => void;
}

interface Item {
  decoded: DecodedEvent;
  /** Of the message; absent for a record. */
  status?: number;
  origin: EventOrigin;
  body?: Buffer;
  /** Resolves when its pictures are there. */
  ready?: Promise<void>;
}

const MAX_QUEUE = 10_000;

/** The events that HikCentral posts, each once and in order, with those that were missed. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #clock: Clock;
  readonly #types: ReadonlySet<number>;
  readonly #seen: SeenEvents;
  readonly #sources: EventSources;
  readonly #recent = new RecentEvents();
  readonly #pictures: EventPictures;
  readonly #queue: EventQueue<Item>;
  readonly #gaps: EventGaps;
  /** How far the platform's clock is ahead of ours. */
  #clockOffset = 0;
  #latest: number;
  #subscribed: number | undefined;
  #overflowed = 0;

  constructor(options: EventStreamOptions, memory?: EventStreamMemory) {
    const { client, clock = systemClock, eventTypes, backfill, maxQueue = MAX_QUEUE, onProblem } = options;
    this.#options = options;
    this.#clock = clock;
    this.#types = new Set(eventTypes);
    this.#seen = new SeenEvents(memory?.seen);
    this.#sources = new EventSources(memory?.sources);
    this.#pictures = new EventPictures(client, clock, onProblem);
    this.#queue = new EventQueue(maxQueue, (item) => this.#handOn(item));
    this.#gaps = new EventGaps({
      client,
      clock,
      sources: this.#sources,
      eventTypes: () =>
        eventTypes.length > 0 ? eventTypes : [...listedCodes, ...this.#sources.unlistedTypes],
      platformNow: () => this.#platformNow(),
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
   * Takes the body of a post over; its events come out later, in order.
   *
   * @returns false when so many wait already that these are not taken: they are fetched later, where that is asked for
   * @throws {SurveillanceError} HCP_EVENT_INVALID when it is no event message
   */
  receive(body: Buffer): boolean {
    const messages = readPost(body);
    const received = this.#clock.now();
    const sent = Date.parse(eventTime(messages[0]?.sendTime) ?? "");
    if (!Number.isNaN(sent)) this.#clockOffset = sent - received;
    const wanted = messages.filter((message) => this.#isWanted(message));
    if (!this.#queue.hasRoomFor(wanted.length)) {
      this.#overflow(wanted);
      return false;
    }
    const items = wanted
      .filter((message) => this.#seen.add(idOf(message), message.status))
      .map((message) => this.#itemOf(message, body, received));
    this.#queue.push(items);
    return true;
  }

  /**
   * All types are subscribed. If some were not until now, or the platform could not be asked, what was missed is fetched.
   *
   * @param gap whether events may have been missed since the last time
   */
  subscribed(gap: boolean): void {
    if (gap && this.#subscribed !== undefined && this.#options.backfill) {
      this.#gaps.open(Math.min(this.#subscribed, this.#latest));
    }
    this.#subscribed = this.#platformNow();
    void this.#gaps.fill();
  }

  /** Fetches what was missed before the start, where nobody looks after the subscription. */
  fillGaps(): Promise<void> {
    return this.#gaps.fill();
  }

  memory(): EventStreamMemory {
    const waiting = this.#queue.pending();
    // What waits is not safe yet: the next run is to fetch it.
    const times = waiting.map(({ decoded }) => Date.parse(decoded.event.time));
    const gap = Math.min(this.#gaps.since ?? Infinity, ...times);
    return {
      latest: this.#latest,
      ...(this.#subscribed !== undefined && { subscribed: this.#subscribed }),
      ...(gap < Infinity && { gap }),
      seen: this.#seen.snapshot(waiting.map(({ decoded, status }) => ({ id: decoded.event.id, status }))),
      sources: this.#sources.snapshot(),
    };
  }

  /** Stops: what waits still is in the memory as missing. */
  async close(): Promise<void> {
    this.#queue.close();
    this.#pictures.close();
    await this.#gaps.close();
  }

  #isWanted(message: EventMessage): boolean {
    return this.#types.size === 0 || typesOf(message).some((type) => this.#types.has(type));
  }

  #itemOf(message: EventMessage, body: Buffer, received: number): Item {
    const { ability, sendTime, fields, status } = message;
    const decoded = decodeEvent(message, this.#options.client.host, received);
    this.#sources.note(message);
    if (status === eventStatus.picture) this.#recent.complete(decoded.event);
    else this.#recent.remember(decoded.event);
    const { pictures, raw = false } = this.#options;
    const fetches = pictures === "all" || (pictures === "uploaded" && status === eventStatus.picture);
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
      status,
      origin,
      ...(raw && { body }),
      ...(fetches && { ready: this.#pictures.attach(decoded) }),
    };
  }

  #handOn(item: Item): Promise<void> | undefined {
    if (item.ready === undefined) this.#emit(item);
    return item.ready?.then(() => {
      this.#emit(item);
    });
  }

  #emit({ decoded: { event }, origin, body }: Item): void {
    if (this.#queue.isClosed) return;
    this.#options.onEvent(event, origin, body);
    // A device whose clock is ahead must not make the next search begin in the future.
    const time = Math.min(Date.parse(event.time), this.#platformNow());
    this.#latest = Math.max(this.#latest, time);
  }

  async #takeMissed({ records }: RecordWindow): Promise<void> {
    const { client, pictures } = this.#options;
    for (const record of records) {
      await this.#queue.roomy();
      const id = recordId(record);
      const news = id === undefined ? undefined : this.#seen.addRecord(id, hasEnded(record));
      if (news === undefined) continue;
      const decoded = decodeRecord(record, news, client.host, this.#clock.now());
      if (pictures !== "none" && decoded.pictures.length > 0) await this.#pictures.attach(decoded);
      this.#queue.push([{ decoded, origin: { record, backfilled: true } }]);
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
        new SurveillanceError("QUEUE_FULL", `The flow was too slow for ${this.#overflowed} events. ${rest}`, {
          advice: "Choose fewer event types, or make the flow faster.",
        }),
      );
      this.#overflowed = 0;
      void this.#gaps.fill();
    });
  }

  #platformNow(): number {
    return this.#clock.now() + this.#clockOffset;
  }
}
