import type { HcpClient } from "../../request/client";
import { findEventType, sourcesOf } from "../../event-types";
import { isPermanentRefusal } from "../../request/outcome";
import { eachRecord } from "../../request/record-pages";
import type { EventMessage } from "../decode/envelope";
import { textOf } from "../../values";

/** Plain data: it is stored between runs. */
export interface SourcesSnapshot {
  /** Ids, by kind of source. */
  ids: Record<string, string[]>;
  /** The kind of source, by event type, for types that are not in the guide. */
  kinds: Record<string, string>;
}

/** Adds sources to a snapshot. */
export function mergeSources(into: SourcesSnapshot, more: SourcesSnapshot): void {
  for (const [kind, ids] of Object.entries(more.ids)) (into.ids[kind] ??= []).push(...ids);
  Object.assign(into.kinds, more.kinds);
}

interface SourceList {
  path: string;
  /** The member of a row that holds the id. */
  id: string;
  body?: object;
}

/** The operations that list the sources of a kind (guide, 5.2, 5.3 and 5.5.7). There is none for healthcare. */
const lists: Readonly<Record<string, SourceList>> = {
  camera: {
    path: "resource/v1/cameras",
    id: "cameraIndexCode",
    body: { deviceType: "encodeDevice,mobileDevice,acsDevice" },
  },
  door: { path: "resource/v1/acsDoor/acsDoorList", id: "doorIndexCode" },
  ioIn: { path: "resource/v1/alarmInputs", id: "alarmInputIndexCode" },
  encodeDevice: { path: "resource/v1/encodeDevice/encodeDeviceList", id: "encodeDevIndexCode" },
  acsDevice: { path: "resource/v1/acsDevice/acsDeviceList", id: "acsDevIndexCode" },
  mobileDevice: { path: "resource/v1/mobileDevice/mobileDeviceList", id: "mobileDevIndexCode" },
  mobileVehicle: { path: "resource/v1/mobilevehicle/mobilevehicleList", id: "mobilevehicleIndexCode" },
  generalEventRule: {
    path: "eventService/v1/generalEventRule/generalEventRuleList",
    id: "generalEventRuleIndexCode",
  },
};
const MAX_SOURCES = 20_000;

/**
 * The sources whose records are searched, because the search requires their ids. The platform lists most sources. If it
 * has no list or does not permit it, the sources of received events are used.
 */
export class EventSources {
  readonly #ids: Map<string, Set<string>>;
  readonly #kinds: Map<number, string>;
  #count: number;

  constructor({ ids, kinds }: SourcesSnapshot = { ids: {}, kinds: {} }) {
    this.#ids = new Map(Object.entries(ids).map(([kind, list]) => [kind, new Set(list)]));
    this.#count = [...this.#ids.values()].reduce((count, { size }) => count + size, 0);
    this.#kinds = new Map(Object.entries(kinds).map(([type, kind]) => [Number(type), kind]));
  }

  /**
   * Remembers the source of an event.
   *
   * @returns the new part; undefined if the source was known before
   */
  note({ fields, eventType }: EventMessage): SourcesSnapshot | undefined {
    const [kind, id] = [textOf(fields.srcType), textOf(fields.srcIndex)];
    if (kind === undefined || id === undefined || this.#count >= MAX_SOURCES) return undefined;
    const news: SourcesSnapshot = { ids: {}, kinds: {} };
    const known = this.#ids.get(kind) ?? new Set();
    if (!known.has(id)) {
      this.#count += 1;
      this.#ids.set(kind, known.add(id));
      news.ids[kind] = [id];
    }
    if (eventType > 0 && findEventType(eventType) === undefined && this.#kinds.get(eventType) !== kind) {
      this.#kinds.set(eventType, kind);
      news.kinds[eventType] = kind;
    }
    return Object.keys(news.ids).length + Object.keys(news.kinds).length > 0 ? news : undefined;
  }

  snapshot(): SourcesSnapshot {
    return {
      ids: Object.fromEntries([...this.#ids].map(([kind, ids]) => [kind, [...ids]])),
      kinds: Object.fromEntries(this.#kinds),
    };
  }

  /** Returns the received types that are not in the guide. */
  get unlistedTypes(): number[] {
    return [...this.#kinds.keys()];
  }

  /** Returns the kinds of source of an event type; empty if none is known. */
  kindsOf(eventType: number): string[] {
    const seen = this.#kinds.get(eventType);
    return seen === undefined ? sourcesOf(eventType) : [seen];
  }

  /**
   * Returns the ids of all sources of a kind; undefined if none is known, so that a search without ids is worth a try.
   *
   * @throws {SurveillanceError} the error of reading the list, except a rejection
   */
  async idsOf(kind: string, client: HcpClient, signal: AbortSignal): Promise<string[] | undefined> {
    const seen = [...(this.#ids.get(kind) ?? [])];
    const list = lists[kind];
    const listed = list === undefined ? undefined : await listedIds(list, client, signal);
    if (listed === undefined) return seen.length > 0 ? seen : undefined;
    return [...new Set([...listed, ...seen])];
  }
}

async function listedIds(
  list: SourceList,
  client: HcpClient,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const ids: string[] = [];
  try {
    for await (const row of eachRecord(client, `/artemis/api/${list.path}`, list.body ?? {}, signal)) {
      const id = textOf(row[list.id]);
      if (id !== undefined) ids.push(id);
      if (ids.length >= MAX_SOURCES) break;
    }
    return ids;
  } catch (error) {
    if (isPermanentRefusal(error)) return undefined;
    throw error;
  }
}
