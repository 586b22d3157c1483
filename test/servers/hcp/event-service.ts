import { Refusal, success, text, whole, type GatewayResponse, type Body } from "./gateway-response";

/** A row of eventRecords/page; times in milliseconds since the epoch. */
export interface GatewayRecord {
  eventIndexCode: string;
  eventType: number;
  srcType: string;
  srcIndex: string;
  startTime: number;
  stopTime?: number;
  eventPicUri?: string;
  description?: string;
}

/** An event as the platform posts it. Absent fields get defaults. */
export interface PostedEvent {
  eventType: number;
  [field: string]: unknown;
}

export interface PostResponse {
  destination: string;
  status: number;
  body: string;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/;
const DESTINATION = /^https?:\/\/[^\s/:]+:\d{1,5}\/\S+$/;
const DAY_MS = 24 * 3600 * 1000;
/** The smallest possible JPEG frame is enough to recognise an image. */
const IMAGE = Buffer.from("ffd8ffe000104a46494600010100000100010000ffd9", "hex");
const dataUrl = `data:image/jpeg;base64,${IMAGE.toString("base64")}`;

export interface Subscription {
  eventTypes: number[];
  eventDest: string;
}

/** Subscriptions, event records and event images of a server, and the posts to its subscribers (guide, 5.5). */
export class EventService {
  /** The subscriptions of the first partner, who can neither see nor end those of others. */
  readonly subscriptions: Subscription[] = [];
  readonly #ofOthers = new Map<string, Subscription[]>();
  /**
   * Whether a second address for the same type is kept beside the first, replaces it, or is ignored. The guide does not
   * say, so clients must support each.
   */
  destinations: "all" | "latest" | "first" = "all";
  readonly records: GatewayRecord[] = [];
  /**
   * Whether records can be searched by `eventIndexCode` alone, as in the guide. A version may require the other
   * parameters, or ignore this one.
   */
  searchById: "taken" | "refused" | "ignored" = "taken";
  /** Rows of the lists of resources, by the end of their path. */
  readonly resources = new Map<string, Body[]>();
  readonly crossRecords: Body[] = [];
  /** Event types that this version of the platform does not have. */
  readonly unsupportedTypes = new Set<number>();

  readonly operations: Readonly<Record<string, (body: Body, partner?: string) => GatewayResponse>> = {
    "eventService/v1/eventSubscriptionByEventTypes": (body, partner) =>
      this.#subscribe(body, this.subscriptionsOf(partner)),
    "eventService/v1/eventSubscriptionView": (_, partner) => view(this.subscriptionsOf(partner)),
    "eventService/v1/eventUnSubscriptionByEventTypes": (body, partner) =>
      unsubscribe(body, this.subscriptionsOf(partner)),
    "eventService/v1/eventRecords/page": (body) => this.#searchRecords(body),
    "eventService/v1/image_data": (body) => {
      text(body, "picUri", 256);
      return { status: 200, text: `"${dataUrl}"` };
    },
    "acs/v1/event/pictures": (body) => {
      text(body, "picUri", 512);
      return success(dataUrl);
    },
    "pms/v1/crossRecords/page": (body) => {
      text(body, "cameraIndexCode", 64);
      timeSpan(body);
      return page(body, this.crossRecords);
    },
    "pms/v1/image_data": (body) => {
      text(body, "picUri", 256);
      return { status: 200, image: IMAGE };
    },
  };

  /** Returns the operation at the end of a path below `/api/`. */
  find(path: string): ((body: Body, partner?: string) => GatewayResponse) | undefined {
    const rows = this.resources.get(path);
    return this.operations[path] ?? (rows === undefined ? undefined : (body) => page(body, rows));
  }

  /**
   * Returns the subscriptions of a partner.
   *
   * @param partner key of a partner other than the first
   */
  subscriptionsOf(partner?: string): Subscription[] {
    if (partner === undefined) return this.subscriptions;
    const known = this.#ofOthers.get(partner) ?? [];
    this.#ofOthers.set(partner, known);
    return known;
  }

  /** Removes all subscriptions without notice, like a restart. */
  forgetSubscriptions(): void {
    this.subscriptions.length = 0;
    this.#ofOthers.clear();
  }

  /**
   * Stores events as records, and posts them to their subscribers.
   *
   * @returns resolves when all posts have a response or have failed
   */
  async raise(events: readonly PostedEvent[]): Promise<PostResponse[]> {
    const now = Date.now();
    const full = events.map((event) => complete({ happenTime: spacedTime(now), ...event }));
    for (const event of full) this.#write(now, event);
    return this.post(full);
  }

  #write(now: number, event: Record<string, unknown>): void {
    const eventIndexCode = String(event.eventId);
    if (event.status === 2) {
      const begun = this.records.find((record) => record.eventIndexCode === eventIndexCode);
      if (begun !== undefined) begun.stopTime = now;
      return;
    }
    this.records.push({
      eventIndexCode,
      eventType: Number(event.eventType),
      srcType: String(event.srcType),
      srcIndex: String(event.srcIndex),
      startTime: now,
    });
  }

  /**
   * Posts events to the subscribers of their types like the platform: once, without a retry. A receiver that cannot be
   * reached has status 0.
   */
  async post(events: readonly PostedEvent[], ability = "event_vss"): Promise<PostResponse[]> {
    const full = events.map(complete);
    const all = [this.subscriptions, ...this.#ofOthers.values()].flat();
    const bodies = all.map(({ eventTypes, eventDest }) => ({
      destination: eventDest,
      events: full.filter(({ eventType }) => eventTypes.includes(eventType)),
    }));
    const due = bodies.filter(({ events: own }) => own.length > 0);
    return Promise.all(
      due.map(({ destination, events: own }) =>
        this.#send(destination, {
          method: "OnEventNotify",
          params: { sendTime: spacedTime(Date.now()), ability, events: own },
        }),
      ),
    );
  }

  async #send(destination: string, message: object): Promise<PostResponse> {
    try {
      const response = await fetch(destination, {
        method: "POST",
        headers: { "Content-Type": "application/json;charset=UTF-8" },
        body: JSON.stringify(message),
      });
      return { destination, status: response.status, body: await response.text() };
    } catch (error) {
      return { destination, status: 0, body: String(error) };
    }
  }

  #subscribe(body: Body, subscriptions: Subscription[]): GatewayResponse {
    const requested = readTypes(body);
    const eventDest = text(body, "eventDest", 1024);
    if (!DESTINATION.test(eventDest))
      throw new Refusal("0x00072003", `eventDest ${eventDest} is not an address`);
    const unsupported = requested.filter((type) => this.unsupportedTypes.has(type));
    if (unsupported.length > 0) throw new Refusal("0x00072002", `eventTypes ${unsupported.join()} unknown`);
    const others = subscriptions.filter((entry) => entry.eventDest !== eventDest);
    const taken = new Set(others.flatMap((entry) => entry.eventTypes));
    const eventTypes =
      this.destinations === "first" ? requested.filter((type) => !taken.has(type)) : requested;
    if (this.destinations === "latest") drop(eventTypes, others, subscriptions);
    const known = subscriptions.find((entry) => entry.eventDest === eventDest);
    if (known !== undefined) known.eventTypes = [...new Set([...known.eventTypes, ...eventTypes])];
    else if (eventTypes.length > 0) subscriptions.push({ eventTypes: [...new Set(eventTypes)], eventDest });
    return { status: 200, code: 0, msg: "Success" };
  }

  #searchRecords(body: Body): GatewayResponse {
    const { start, end } = timeSpan(body);
    const code = body.eventIndexCode === undefined ? undefined : text(body, "eventIndexCode", 64);
    const matches =
      code === undefined || this.searchById === "refused"
        ? recordFilter(body)
        : (record: GatewayRecord) => this.searchById === "ignored" || record.eventIndexCode === code;
    const rows = this.records
      .filter((record) => matches(record) && record.startTime >= start && record.startTime <= end)
      // Newest first: the guide promises no order.
      .sort((a, b) => b.startTime - a.startTime)
      .map(({ eventType, startTime, stopTime, eventPicUri, ...rest }) => ({
        ...rest,
        eventType: String(eventType),
        startTime: isoTime(startTime),
        ...(stopTime !== undefined && { stopTime: isoTime(stopTime) }),
        ...(eventPicUri !== undefined && { eventPicUri: `${eventPicUri} ` }),
      }));
    return page(body, rows);
  }
}

function view(subscriptions: readonly Subscription[]): GatewayResponse {
  // As the guide prints it: a number for the code, spaces around and in the address.
  const detail = subscriptions.map(({ eventTypes, eventDest }) => ({
    eventTypes,
    eventDest: ` ${eventDest.replace(/(:\d+)\//, "$1 /")} `,
  }));
  return { status: 200, code: 0, msg: "Success", data: { detail } };
}

/** Unsubscribes by type alone, for every address at once. */
function unsubscribe(body: Body, subscriptions: Subscription[]): GatewayResponse {
  drop(readTypes(body), subscriptions, subscriptions);
  return { status: 200, code: 0, msg: "Success" };
}

/** Removes types from entries. Entries without types are removed from the list. */
function drop(types: readonly number[], entries: readonly Subscription[], list: Subscription[]): void {
  for (const entry of entries) {
    entry.eventTypes = entry.eventTypes.filter((type) => !types.includes(type));
  }
  list.splice(0, list.length, ...list.filter(({ eventTypes }) => eventTypes.length > 0));
}

function recordFilter(body: Body): (record: GatewayRecord) => boolean {
  const types = text(body, "eventTypes", 1024).split(",");
  const kind = text(body, "srcType", 64);
  const sources = text(body, "srcIndexs", 1024).split(",");
  return ({ eventType, srcType, srcIndex }) =>
    types.includes(String(eventType)) && srcType === kind && sources.includes(srcIndex);
}

function page(body: Body, rows: readonly object[]): GatewayResponse {
  const pageNo = whole(body, "pageNo", 1, 2147483647);
  const pageSize = whole(body, "pageSize", 1, 500);
  const list = rows.slice((pageNo - 1) * pageSize, pageNo * pageSize);
  return success({ total: rows.length, pageNo, pageSize, list });
}

function timeSpan(body: Body): { start: number; end: number } {
  const [start = 0, end = 0] = ["startTime", "endTime"].map((name) => {
    const value = text(body, name, 64);
    if (!ISO_TIME.test(value)) throw new Refusal("0x00072003", `${name} must be ISO 8601 with an offset`);
    return Date.parse(value);
  });
  if (end < start) throw new Refusal("0x00072002", "endTime lies before startTime");
  if (end - start > 31 * DAY_MS) throw new Refusal("0x00072002", "more than 31 days");
  return { start, end };
}

function readTypes(body: Body): number[] {
  const types = body.eventTypes;
  if (!Array.isArray(types) || types.length === 0) throw new Refusal("0x00072001", "eventTypes is required");
  if (types.length > 256) throw new Refusal("0x00072002", "eventTypes has more than 256 entries");
  return (types as unknown[]).map((type) => whole({ type }, "type", 1, 2147483647));
}

function complete(event: PostedEvent): PostedEvent {
  return {
    eventId: crypto.randomUUID(),
    srcIndex: "31",
    srcType: "camera",
    srcName: "Gate",
    status: 0,
    eventLvl: 0,
    timeout: 0,
    happenTime: spacedTime(Date.now()),
    srcParentIdex: "null",
    ...event,
  };
}

/** Returns a time with the space after the T that the guide prints. */
export function spacedTime(time: number): string {
  return new Date(time).toISOString().replace("T", "T ").replace("Z", "+00:00");
}

function isoTime(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z/, "+00:00");
}
