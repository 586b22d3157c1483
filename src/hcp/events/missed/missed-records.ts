import type { HcpClient } from "../../request/client";
import type { EventSources } from "../memory/known-sources";
import { isPermanentRefusal } from "../../request/outcome";
import { PAGE_SIZE, eachRecord, recordPage } from "../../request/record-pages";
import { recordId } from "../decode/record";
import { textOf, type Fields } from "../../values";
import { platformTime } from "../../time";

const RECORDS = "/artemis/api/eventService/v1/eventRecords/page";
/** Longest text that `eventTypes` and `srcIndexs` take (guide, 5.5.2). */
const MAX_LIST = 1024;
/** How many records are held at once to be put into order; a window with more is cut in two. */
const MAX_IN_WINDOW = 5000;
const MIN_WINDOW_MS = 2000;
/** A record may have another time than the event had, be it by the clock of a device that is in another zone. */
const MARGIN_MS = 24 * 3600 * 1000;

/** The records of one window of time, in the order of their times. */
export interface RecordWindow {
  records: Fields[];
  /** Milliseconds since the epoch: up to here nothing is missing any more. */
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
  /** The records of a kind of source cannot be searched: no source of the kind is known. */
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
 * Source: guide, 5.5.2. Its search wants types and ids of sources, each in lists of limited length, so it is made of several.
 *
 * @throws {SurveillanceError} what kept the records from being read
 */
export async function* missedRecords(options: MissedRecordsOptions): AsyncGenerator<RecordWindow> {
  const searches = await withoutRefused(options, await searchesFor(options));
  if (searches.length > 0) yield* windows(options, searches, options.since, options.until);
}

/**
 * The record of one event, looked up by its id (guide, 5.5.2).
 *
 * @param began when the event said that it began, milliseconds since the epoch
 * @returns empty where the platform has none
 * @throws {SurveillanceError} what kept the record from being read
 */
export async function recordOf(
  client: HcpClient,
  id: string,
  began: number,
  signal: AbortSignal,
): Promise<Fields[]> {
  const body = { eventIndexCode: id, ...span(began - MARGIN_MS, began + MARGIN_MS) };
  const { rows } = await recordPage(client, RECORDS, body, 1, signal);
  // A version that does not know the condition gives whatever lies in the time.
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

/** Some versions may search without the ids of sources; the guide says that they are needed. */
async function withoutRefused(options: MissedRecordsOptions, searches: readonly Search[]): Promise<Search[]> {
  const { client, since, until, signal, onSkipped } = options;
  const taken: Search[] = [];
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
    taken.push(search);
  }
  return taken;
}

/** The platform tells its time to the second: its clock may be up to one further than `until`, which came from it. */
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

/** Puts texts together with commas, as many as the platform takes in one. */
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
