import { opendir, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";

const DAY_FOLDER = /^\d{4}-\d{2}-\d{2}$/;

/** The folders of one day, `<folder>/2026-11-20`. */
export interface Day {
  name: string;
  folders: string[];
  bytes: number;
}

interface StoredFile {
  name: string;
  path: string;
  bytes: number;
}

/** Tells whether a file may be counted and deleted. */
export type IsOwn = (name: string, file: string) => boolean;

/** Returns the name of a day's folder, `2026-11-20`, and the time of that day, `101530123`, in local time. */
export function dayAndTime(date: Date): { day: string; time: string } {
  const digits = (value: number, count = 2): string => String(value).padStart(count, "0");
  return {
    day: [digits(date.getFullYear(), 4), digits(date.getMonth() + 1), digits(date.getDate())].join("-"),
    time: [
      digits(date.getHours()),
      digits(date.getMinutes()),
      digits(date.getSeconds()),
      digits(date.getMilliseconds(), 3),
    ].join(""),
  };
}

/** Lists the days that have folders, oldest first. A missing folder has no days. */
export async function listDays(folders: readonly string[], isOwn: IsOwn): Promise<Day[]> {
  const days = new Map<string, Day>();
  for (const folder of folders) {
    for (const name of await namesIn(folder)) {
      if (!DAY_FOLDER.test(name)) continue;
      const day = days.get(name) ?? { name, folders: [], bytes: 0 };
      const own = path.join(folder, name);
      day.folders.push(own);
      for (const file of await filesIn(own, isOwn)) day.bytes += file.bytes;
      days.set(name, day);
    }
  }
  return [...days.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Deletes files of a day in the order of their names, until `excess` bytes are free.
 * @returns the number of deleted bytes
 */
export async function removeOldest(day: Day, excess: number, isOwn: IsOwn): Promise<number> {
  const files = (await Promise.all(day.folders.map((folder) => filesIn(folder, isOwn)))).flat();
  files.sort((a, b) => a.name.localeCompare(b.name));
  let freed = 0;
  for (const file of files) {
    if (freed >= excess) return freed;
    await rm(file.path, { force: true });
    freed += file.bytes;
  }
  // A folder that received a file meanwhile is not empty and stays.
  for (const folder of day.folders) await rmdir(folder).catch(() => undefined);
  return freed;
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

async function filesIn(folder: string, isOwn: IsOwn): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (const name of await namesIn(folder)) {
    const file = path.join(folder, name);
    if (!isOwn(name, file)) continue;
    // A file that was deleted meanwhile does not count.
    const facts = await stat(file).catch(() => undefined);
    if (facts?.isFile() === true) files.push({ name, path: file, bytes: facts.size });
  }
  return files;
}
