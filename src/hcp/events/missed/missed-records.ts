import type { HcpClient } from "../../request/client";
import type { EventSources } from "../memory/known-sources";
import { isPermanentRefusal } from "../../request/outcome";
import { PAGE_SIZE, eachRecord, recordPage } from "../../request/record-pages";
import { recordId } from "../decode/record";
import { textOf, type Fields } from "../../values";
import { platformTime } from "../../time";

const RECORDS = "/artemis/api/eventService/v1/eventRecords/page";
/** The longest text in `eventTypes` and `srcIndexs` (guide, 5.5.2). */
const MAX_LIST = 1024;
/** The most records that are sorted in memory at the same time. A window with more is cut in two. */
const MAX_IN_WINDOW = 5000;
const MIN_WINDOW_MS = 2000;
/** A record may have another time than its event, for example if the clock of the device is in another time zone. */
const MARGIN_MS = 24 * 3600 * 1000;

/** The records of one window of time, in the order of their times. */
export interface RecordWindow {
  records: Fields[];
  /** Milliseconds since the epoch. Up to this time, all records are fetched. */
  until: number;
}

export interface MissedRecordsOptions {
  client: HcpClient;
  eventTypes: readonly number[];
  sources: EventSources;
  /** Milliseconds since the epoch, at most 31 days apart. */
  since: number;
  until: number;
  signal: AbortSignal;
  /** Called if the records of a kind of source cannot be searched, because no source of the kind is known. */
  onSkipped: (srcType: string) => void;
}

interface Search {
  eventTypes: string;
  srcType: string;
  srcIndexs?: string;
}

/**
 * Searches the records of events, window after window. Windows touch, so a record may come twice.
 *
 * Source: guide, 5.5.2. The search requires types and ids of sources in lists of limited length, so it is split into
 * several requests.
 *
 * @throws {SurveillanceError} the error of the search
 */
export async function* missedRecords(options: MissedRecordsOptions): AsyncGenerator<RecordWindow> {
  const searches = await acceptedSearches(options, await searchesFor(options));
  if (searches.length > 0) yield* windows(options, searches, options.since, options.until);
}

/**
 * Returns the record of one event, looked up by its id (guide, 5.5.2).
 *
 * @param began the start of the event, as its message states it; milliseconds since the epoch
 * @returns empty if the platform has no such record
 * @throws {SurveillanceError} the error of the search
 */
export async function recordOf(
  client: HcpClient,
  id: string,
  began: number,
  signal: AbortSignal,
): Promise<Fields[]> {
  const body = { eventIndexCode: id, ...span(began - MARGIN_MS, began + MARGIN_MS) };
  const { rows } = await recordPage(client, RECORDS, body, 1, signal);
  // A version that does not support the condition returns all records of the period.
  return rows.filter((record) => recordId(record) === id);
}

async function* windows(
  options: MissedRecordsOptions,
  searches: readonly Search[],
  since: number,
  until: number,
): AsyncGenerator<RecordWindow> {
  const { client, signal } = options;
  const time = span(since, until);
  const found = [];
  let total = 0;
  for (const search of searches) {
    const body = { ...search, ...time };
    const first = await recordPage(client, RECORDS, body, 1, signal);
    total += first.total ?? first.rows.length;
    found.push({ body, first });
  }
  if (total > MAX_IN_WINDOW && until - since >= MIN_WINDOW_MS) {
    const middle = since + Math.floor((until - since) / 2);
    yield* windows(options, searches, since, middle);
    yield* windows(options, searches, middle, until);
    return;
  }
  const records: Fields[] = [];
  for (const { body, first } of found) {
    const isWhole = first.rows.length < PAGE_SIZE && first.rows.length >= (first.total ?? 0);
    if (isWhole) records.push(...first.rows);
    else for await (const record of eachRecord(client, RECORDS, body, signal, first)) records.push(record);
  }
  const times = new Map(records.map((record) => [record, timeOf(record)]));
  yield { records: records.sort((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0)), until };
}

/**
 * Yields the records, and omits kinds of sources whose search without ids is rejected. The guide requires the ids, but
 * some versions may not.
 */
async function acceptedSearches(
  options: MissedRecordsOptions,
  searches: readonly Search[],
): Promise<Search[]> {
  const { client, since, until, signal, onSkipped } = options;
  const accepted: Search[] = [];
  for (const search of searches) {
    if (search.srcIndexs === undefined) {
      try {
        await recordPage(client, RECORDS, { ...search, ...span(since, until) }, 1, signal);
      } catch (error) {
        if (!isPermanentRefusal(error)) throw error;
        onSkipped(search.srcType);
        continue;
      }
    }
    accepted.push(search);
  }
  return accepted;
}

/**
 * Returns the period of a search. The platform sends its time in whole seconds, so its clock may be up to one second
 * later than `until`.
 */
function span(since: number, until: number): object {
  return { startTime: platformTime(since), endTime: platformTime(until + 1000) };
}

async function searchesFor(options: MissedRecordsOptions): Promise<Search[]> {
  const { client, eventTypes, sources, signal } = options;
  const byKind = new Map<string, number[]>();
  for (const type of eventTypes) {
    for (const kind of sources.kindsOf(type)) byKind.set(kind, [...(byKind.get(kind) ?? []), type]);
  }
  const searches: Search[] = [];
  for (const [srcType, types] of byKind) {
    const ids = await sources.idsOf(srcType, client, signal);
    for (const list of joined(types.map(String))) {
      if (ids === undefined) searches.push({ eventTypes: list, srcType });
      else for (const srcIndexs of joined(ids)) searches.push({ eventTypes: list, srcType, srcIndexs });
    }
  }
  return searches;
}

/** Joins texts with commas into lists that are no longer than the platform accepts. */
function joined(texts: readonly string[]): string[] {
  const lists: string[] = [];
  for (const text of texts) {
    const last = lists.at(-1);
    if (last === undefined || last.length + text.length >= MAX_LIST) lists.push(text);
    else lists[lists.length - 1] = `${last},${text}`;
  }
  return lists;
}

function timeOf(record: Fields): number {
  return Date.parse(platformTime(textOf(record.startTime)) ?? "") || 0;
}
