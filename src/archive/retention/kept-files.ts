import { lstat, opendir, rmdir } from "node:fs/promises";
import path from "node:path";
import type { Pace } from "../pace";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Characters of hour and minute in a name. Files are sorted per minute, never all at once. */
const MINUTE = 4;
const AT_ONCE = 256;
/** Within this time, a second change of a folder may leave its time of change the same. */
const FRESH_MS = 5000;

export interface KeptFile {
  /** `2026-05-04/101530123-…`, which sorts by time. */
  key: string;
  path: string;
}

/** The folders of one day, `<folder>/2026-05-04`. */
export interface KeptDay {
  name: string;
  folders: string[];
}

export type IsOwn = (name: string) => boolean;

/** The files that an archive wrote to its folders of days, `<folder>/2026-05-04/<name>`. */
export class KeptFiles {
  readonly #folders: readonly string[];
  readonly #isOwn: IsOwn;
  /** Bytes in a day's folder, valid while the folder's time of change stays the same. */
  readonly #measured = new Map<string, { changed: number; bytes: number }>();

  constructor(folders: readonly string[], isOwn: IsOwn) {
    this.#folders = folders;
    this.#isOwn = isOwn;
  }

  /** Lists the days, oldest first. Ignores a link in place of a day's folder, which the archive did not create. */
  async days(): Promise<KeptDay[]> {
    const days = new Map<string, KeptDay>();
    for (const folder of this.#folders) {
      for await (const { name, isFolder } of entriesOf(folder)) {
        if (!isFolder || !DAY.test(name)) continue;
        const day = days.get(name) ?? { name, folders: [] };
        day.folders.push(path.join(folder, name));
        days.set(name, day);
      }
    }
    return [...days.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Iterates over every file in the folders of days, own or not. */
  async *all(): AsyncGenerator<{ name: string; path: string }> {
    for (const { folders } of await this.days()) {
      for (const folder of folders) {
        for await (const { name, isFile } of entriesOf(folder)) {
          if (isFile) yield { name, path: path.join(folder, name) };
        }
      }
    }
  }

  /** Iterates over the own files of a day, oldest first. */
  async *oldestOf(day: KeptDay): AsyncGenerator<KeptFile> {
    const minutes = new Map<string, KeptFile[]>();
    for (const folder of day.folders) {
      for await (const { name, isFile } of entriesOf(folder)) {
        if (!isFile || !this.#isOwn(name)) continue;
        const minute = name.slice(0, MINUTE);
        const file = { key: `${day.name}/${name}`, path: path.join(folder, name) };
        const others = minutes.get(minute);
        if (others === undefined) minutes.set(minute, [file]);
        else others.push(file);
      }
    }
    for (const minute of [...minutes.keys()].sort()) {
      yield* (minutes.get(minute) ?? []).sort((a, b) => (a.key < b.key ? -1 : 1));
    }
  }

  /**
   * Counts the bytes of all own files, one file after the other, so that other code can write meanwhile.
   * @param isExcluded tells whether the file at a path does not count
   */
  async measure(pace: Pace, isExcluded: (file: string) => boolean): Promise<number> {
    let bytes = 0;
    for (const { folders } of await this.days()) {
      for (const folder of folders) bytes += await this.#bytesIn(folder, pace, isExcluded);
    }
    return bytes;
  }

  /** Removes the empty folders of a day. */
  async removeFolders({ folders }: KeptDay): Promise<void> {
    for (const folder of folders) {
      this.#measured.delete(folder);
      await rmdir(folder).catch(() => undefined);
    }
  }

  async #bytesIn(folder: string, pace: Pace, isExcluded: (file: string) => boolean): Promise<number> {
    const changed = (await lstat(folder).catch(() => undefined))?.mtimeMs ?? 0;
    const before = this.#measured.get(folder);
    if (before?.changed === changed) return before.bytes;
    let bytes = 0;
    let isAll = true;
    for await (const { name, isFile } of entriesOf(folder)) {
      await pace.step();
      const file = path.join(folder, name);
      if (!isFile || !this.#isOwn(name)) continue;
      if (isExcluded(file)) isAll = false;
      else bytes += await sizeOf(file);
    }
    if (isAll && Date.now() - changed > FRESH_MS) this.#measured.set(folder, { changed, bytes });
    return bytes;
  }
}

/** Returns the bytes of a file; 0 if it does not exist. */
export async function sizeOf(file: string): Promise<number> {
  return (await lstat(file).catch(() => undefined))?.size ?? 0;
}

interface Entry {
  name: string;
  isFile: boolean;
  isFolder: boolean;
}

async function* entriesOf(folder: string): AsyncGenerator<Entry> {
  try {
    for await (const entry of await opendir(folder, { bufferSize: AT_ONCE })) {
      yield { name: entry.name, isFile: entry.isFile(), isFolder: entry.isDirectory() };
    }
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    // Not created yet, deleted meanwhile, or a file in place of the folder.
    if (code !== "ENOENT" && code !== "ENOTDIR") throw thrown;
  }
}
