import { opendir, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import type { CsvFile } from "./csv-file";
import { dayAndTime } from "./names";
import { isPart } from "./storage";

export interface RetentionLimits {
  /** Undefined keeps everything. */
  retainDays: number | undefined;
  /** Of everything in the archive; undefined sets no limit. */
  maxBytes: number | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DAY_FOLDER = /^\d{4}-\d{2}-\d{2}$/;
/** Below the limit, so that not every single event sets off a clean-up. */
const SLACK = 0.95;

interface Day {
  name: string;
  folders: string[];
  bytes: number;
}

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

async function listDays(folders: readonly string[]): Promise<Day[]> {
  const days = new Map<string, Day>();
  for (const folder of folders) {
    for (const name of await namesIn(folder)) {
      if (!DAY_FOLDER.test(name)) continue;
      const day = days.get(name) ?? { name, folders: [], bytes: 0 };
      const own = path.join(folder, name);
      day.folders.push(own);
      for (const file of await filesIn(own)) day.bytes += file.bytes;
      days.set(name, day);
    }
  }
  return [...days.values()].sort((a, b) => a.name.localeCompare(b.name));
}

async function remove(day: Day): Promise<void> {
  for (const folder of day.folders) await rm(folder, { recursive: true, force: true });
}

/** @returns the bytes set free */
async function removeOldest(day: Day, excess: number): Promise<number> {
  const files = (await Promise.all(day.folders.map(filesIn))).flat();
  files.sort((a, b) => a.name.localeCompare(b.name));
  let freed = 0;
  for (const file of files) {
    if (freed >= excess) return freed;
    await rm(file.path, { force: true });
    freed += file.bytes;
  }
  // Empty now; a file that was written meanwhile keeps its folder.
  for (const folder of day.folders) await rmdir(folder).catch(() => undefined);
  return freed;
}

interface StoredFile {
  name: string;
  path: string;
  bytes: number;
}

async function filesIn(folder: string): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (const name of await namesIn(folder)) {
    const file = path.join(folder, name);
    // Gone in the meantime: nothing to count.
    const facts = await stat(file).catch(() => undefined);
    if (facts?.isFile() === true) files.push({ name, path: file, bytes: facts.size });
  }
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(folder)) names.push(entry.name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
  }
  return names;
}
