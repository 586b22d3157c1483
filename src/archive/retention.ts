import { rm } from "node:fs/promises";
import path from "node:path";
import { dayAndTime, listDays, namesIn, removeOldest, type Day } from "../files/day-folders";
import type { CsvFile } from "./csv-file";
import { isPart } from "./storage";

export interface RetentionLimits {
  /** Undefined keeps everything. */
  retainDays: number | undefined;
  /** Of everything in the archive; undefined sets no limit. */
  maxBytes: number | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Below the limit, so that not every single event sets off a clean-up. */
const SLACK = 0.95;

/**
 * Deletes what is too old, and then, day by day, the oldest until the rest fits. Only folders that the archive made are
 * touched: `<kind>/<date>`.
 *
 * @param folders of pictures and raw bodies, each with one folder a day
 * @returns the bytes that are left
 */
export async function applyRetention(
  folders: readonly string[],
  csv: CsvFile | undefined,
  { retainDays, maxBytes }: RetentionLimits,
  now: Date,
): Promise<number> {
  const days = await listDays(folders);
  const oldest = retainDays === undefined ? undefined : new Date(now.getTime() - retainDays * DAY_MS);
  const oldestDay = oldest === undefined ? "" : dayAndTime(oldest).day;
  const outdated = days.filter(({ name }) => name < oldestDay);
  for (const day of outdated) await remove(day);
  if (oldest !== undefined) await csv?.dropWhile((_, received) => Date.parse(received) < oldest.getTime());

  const kept = days.filter(({ name }) => name >= oldestDay);
  const csvBytes = (await csv?.size()) ?? 0;
  let bytes = kept.reduce((sum, day) => sum + day.bytes, csvBytes);
  if (maxBytes === undefined || bytes <= maxBytes) return bytes;

  const goal = maxBytes * SLACK;
  for (const day of kept) {
    if (bytes <= goal) break;
    bytes -= await removeOldest(day, bytes - goal);
  }
  if (bytes > goal && csv !== undefined) {
    await csv.dropWhile((bytesLeft) => bytesLeft > goal);
    bytes = bytes - csvBytes + (await csv.size());
  }
  return bytes;
}

/** Takes away what processes that were killed left half-written. */
export async function removeParts(folders: readonly string[]): Promise<void> {
  for (const { folders: dayFolders } of await listDays(folders)) {
    for (const folder of dayFolders) {
      for (const name of await namesIn(folder))
        if (isPart(name)) await rm(path.join(folder, name), { force: true });
    }
  }
}

async function remove(day: Day): Promise<void> {
  for (const folder of day.folders) await rm(folder, { recursive: true, force: true });
}
