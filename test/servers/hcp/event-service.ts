import { Refusal, success, text, whole, type Answer, type Body } from "./answer";

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

/** An event as the platform posts it; what is left out is filled in. */
export interface PostedEvent {
  eventType: number;
  [field: string]: unknown;
}

export interface PostAnswer {
  destination: string;
  status: number;
  body: string;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/;
const DESTINATION = /^https?:\/\/[^\s/:]+:\d{1,5}\/\S+$/;
const DAY_MS = 24 * 3600 * 1000;
/** The smallest possible JPEG frame is enough to tell a picture by. */
export const PICTURE = Buffer.from("ffd8ffe000104a46494600010100000100010000ffd9", "hex");
const dataUrl = `data:image/jpeg;base64,${PICTURE.toString("base64")}`;

/** Subscriptions, event records and event pictures of a server, and the posts to its subscribers (guide, 5.5). */
export class EventService {
  /** Of the one user there is. */
  readonly subscriptions: { eventTypes: number[]; eventDest: string }[] = [];
  readonly records: GatewayRecord[] = [];
  /** Rows of the lists of resources, by the end of their path. */
  readonly resources = new Map<string, Body[]>();
  readonly crossRecords: Body[] = [];
  /** What this version of the platform does not have. */
  readonly unsupportedTypes = new Set<number>();

  readonly operations: Readonly<Record<string, (body: Body) => Answer>> = {
    "eventService/v1/eventSubscriptionByEventTypes": (body) => this.#subscribe(body),
    "eventService/v1/eventSubscriptionView": () => this.#view(),
    "eventService/v1/eventUnSubscriptionByEventTypes": (body) => this.#unsubscribe(body),
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
      return { status: 200, picture: PICTURE };
    },
  };

  /** The operation at the end of a path below `/api/`. */
  find(path: string): ((body: Body) => Answer) | undefined {
    const rows = this.resources.get(path);
    return this.operations[path] ?? (rows === undefined ? undefined : (body) => page(body, rows));
  }

  /** What a restart does, and nobody tells. */
  forgetSubscriptions(): void {
    this.subscriptions.length = 0;
  }

  /** Posts events to everybody who subscribed to their types, as the platform does: once, without a retry. */
  async post(events: readonly PostedEvent[], ability = "event_vss"): Promise<PostAnswer[]> {
    const full = events.map(complete);
    const bodies = this.subscriptions.map(({ eventTypes, eventDest }) => ({
      destination: eventDest,
      events: full.filter(({ eventType }) => eventTypes.includes(eventType)),
    }));
    const due = bodies.filter(({ events: own }) => own.length > 0);
    return Promise.all(
      due.map(({ destination, events: own }) =>
        send(destination, {
          method: "OnEventNotify",
          params: { sendTime: spacedTime(Date.now()), ability, events: own },
        }),
      ),
    );
  }

  #subscribe(body: Body): Answer {
    const eventTypes = readTypes(body);
    const eventDest = text(body, "eventDest", 1024);
    if (!DESTINATION.test(eventDest)) throw new Refusal("0x00072003", `eventDest ${eventDest} is no address`);
    const unsupported = eventTypes.filter((type) => this.unsupportedTypes.has(type));
    if (unsupported.length > 0) throw new Refusal("0x00072002", `eventTypes ${unsupported.join()} unknown`);
    const known = this.subscriptions.find((entry) => entry.eventDest === eventDest);
    if (known === undefined) this.subscriptions.push({ eventTypes: [...new Set(eventTypes)], eventDest });
    else known.eventTypes = [...new Set([...known.eventTypes, ...eventTypes])];
    return { status: 200, code: 0, msg: "Success" };
  }

  #view(): Answer {
    // As the guide prints it: a number for the code, blanks around and in the address.
    const detail = this.subscriptions.map(({ eventTypes, eventDest }) => ({
      eventTypes,
      eventDest: ` ${eventDest.replace(/(:\d+)\//, "$1 /")} `,
    }));
    return { status: 200, code: 0, msg: "Success", data: { detail } };
  }

  /** By type alone: for every address at once. */
  #unsubscribe(body: Body): Answer {
    const gone = readTypes(body);
    for (const entry of this.subscriptions) {
      entry.eventTypes = entry.eventTypes.filter((type) => !gone.includes(type));
    }
    this.subscriptions.splice(
      0,
      Number.POSITIVE_INFINITY,
      ...this.subscriptions.filter(({ eventTypes }) => eventTypes.length > 0),
    );
    return { status: 200, code: 0, msg: "Success" };
  }

  #searchRecords(body: Body): Answer {
    const { start, end } = timeSpan(body);
    const code = body.eventIndexCode === undefined ? undefined : text(body, "eventIndexCode", 64);
    const matches =
      code === undefined ? recordFilter(body) : (record: GatewayRecord) => record.eventIndexCode === code;
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

function recordFilter(body: Body): (record: GatewayRecord) => boolean {
  const types = text(body, "eventTypes", 1024).split(",");
  const kind = text(body, "srcType", 64);
  const sources = text(body, "srcIndexs", 1024).split(",");
  return ({ eventType, srcType, srcIndex }) =>
    types.includes(String(eventType)) && srcType === kind && sources.includes(srcIndex);
}

function page(body: Body, rows: readonly object[]): Answer {
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

/** With the blank behind the T that the guide prints. */
export function spacedTime(time: number): string {
  return new Date(time).toISOString().replace("T", "T ").replace("Z", "+00:00");
}

function isoTime(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z/, "+00:00");
}

async function send(destination: string, message: object): Promise<PostAnswer> {
  const reply = await fetch(destination, {
    method: "POST",
    headers: { "Content-Type": "application/json;charset=UTF-8" },
    body: JSON.stringify(message),
  });
  return { destination, status: reply.status, body: await reply.text() };
}
