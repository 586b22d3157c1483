import { lstat, opendir, rmdir } from "node:fs/promises";
import path from "node:path";
import type { Pace } from "../pace";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Characters of hour and minute in a name. Files are sorted minute by minute, never all at once. */
const MINUTE = 4;
const AT_ONCE = 256;
/** A folder may change again this soon after a change without a new time of change. */
const FRESH_MS = 5000;

export interface KeptFile {
  /** `2026-05-04/101530123-…`: sorts by time. */
  key: string;
  path: string;
}

/** The folders of one day, `<folder>/2026-05-04`. */
export interface KeptDay {
  name: string;
  folders: string[];
}

export type IsOwn = (name: string) => boolean;

/** The files of an archive in its folders of days, `<folder>/2026-05-04/<name>`: only files that the archive wrote. */
export class KeptFiles {
  readonly #folders: readonly string[];
  readonly #isOwn: IsOwn;
  /** Bytes in a day's folder, valid while the folder's time of change stays the same. */
  readonly #measured = new Map<string, { changed: number; bytes: number }>();

  constructor(folders: readonly string[], isOwn: IsOwn) {
    this.#folders = folders;
    this.#isOwn = isOwn;
  }

  /** The days, oldest first. A link in place of a day's folder is not the archive's: it is left out. */
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

  /** Every file in the folders of days, own or not. */
  async *all(): AsyncGenerator<{ name: string; path: string }> {
    for (const { folders } of await this.days()) {
      for (const folder of folders) {
        for await (const { name, isFile } of entriesOf(folder)) {
          if (isFile) yield { name, path: path.join(folder, name) };
        }
      }
    }
  }

  /** The own files of a day, the oldest first. */
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
   * Counts the bytes of all own files, one file after the other, so that others can write meanwhile.
   * @param isLeftOut whether the file at a path does not count
   */
  async measure(pace: Pace, isLeftOut: (file: string) => boolean): Promise<number> {
    let bytes = 0;
    for (const { folders } of await this.days()) {
      for (const folder of folders) bytes += await this.#bytesIn(folder, pace, isLeftOut);
    }
    return bytes;
  }

  /** Removes a day's folders where they are empty. */
  async removeFolders({ folders }: KeptDay): Promise<void> {
    for (const folder of folders) {
      this.#measured.delete(folder);
      await rmdir(folder).catch(() => undefined);
    }
  }

  async #bytesIn(folder: string, pace: Pace, isLeftOut: (file: string) => boolean): Promise<number> {
    const changed = (await lstat(folder).catch(() => undefined))?.mtimeMs ?? 0;
    const before = this.#measured.get(folder);
    if (before?.changed === changed) return before.bytes;
    let bytes = 0;
    let isAll = true;
    for await (const { name, isFile } of entriesOf(folder)) {
      await pace.step();
      const file = path.join(folder, name);
      if (!isFile || !this.#isOwn(name)) continue;
      if (isLeftOut(file)) isAll = false;
      else bytes += await sizeOf(file);
    }
    if (isAll && Date.now() - changed > FRESH_MS) this.#measured.set(folder, { changed, bytes });
    return bytes;
  }
}

/** The bytes of a file; 0 where it is gone. */
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
    // Not made yet, deleted meanwhile, or a file in place of the folder.
    if (code !== "ENOENT" && code !== "ENOTDIR") throw thrown;
  }
}
