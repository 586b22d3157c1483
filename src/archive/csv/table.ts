import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { Serial } from "../../core/serial";
import type { Pace } from "../pace";
import type { Storage } from "../storage";
import { readRows, type CsvRow } from "./read-rows";
import { columns, csvLine, type CsvSeparator } from "./row";
import { newTable, readHead, tailOf } from "./table-ends";

const PERMISSIONS = 0o777;
const SYNC_BYTES = 1024 * 1024;

export interface Rewrite {
  /** Tells whether a row stays. Default: all rows stay. */
  keep?: ((row: CsvRow) => boolean) | undefined;
  /** Changes a text of complete lines, with one character for each byte. */
  change?: ((text: string) => Promise<string>) | undefined;
  pace: Pace;
}

/** Facts about the file, valid until another program changes it. */
interface Known extends Facts {
  /** Bytes of the first line. */
  head: number;
  separator: CsvSeparator;
}

/** The table of all events, events.csv. */
export class CsvTable {
  readonly path: string;
  readonly #storage: Storage;
  readonly #separator: CsvSeparator;
  #known: Known | undefined;
  #bytes = 0;
  readonly #turns = new Serial();

  /** @param separator of a new table; an existing table keeps its own */
  constructor(file: string, storage: Storage, separator: CsvSeparator) {
    this.path = file;
    this.#storage = storage;
    this.#separator = separator;
  }

  /** Creates the file, or repairs the end that a killed process left. */
  async prepare(): Promise<void> {
    await rm(this.#next, { force: true });
    await this.#turns.run(() => this.#current());
  }

  append(rows: readonly string[][]): Promise<void> {
    return this.#turns.run(async () => {
      const known = await this.#current();
      const data = Buffer.from(rows.map((row) => csvLine(row, known.separator)).join(""));
      // A failure may leave half a line: the next access checks the file again.
      this.#known = undefined;
      await this.#storage.append(this.path, data);
      this.#remember({ ...known, size: known.size + data.length });
    });
  }

  /** The size at the last check. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Writes a new table with fewer rows or changed text, and replaces the old table with it. Rows can be appended
   * meanwhile: only the last step, which copies these rows, excludes appending.
   */
  async rewrite({ keep, change, pace }: Rewrite): Promise<void> {
    const known = await this.#turns.run(() => this.#current());
    const all: Range[] = [{ start: known.head, end: known.size }];
    const kept = keep === undefined ? all : await this.#keptOf(known, keep, pace);
    const isWhole = kept.length === 1 && kept[0]?.start === known.head && kept[0].end === known.size;
    if (change === undefined && (isWhole || known.head === known.size)) return;
    const target = await open(this.#next, "w");
    try {
      await target.chmod(known.mode & PERMISSIONS);
      await this.#copy(target, { start: 0, end: known.head }, pace);
      let changed = !isWhole;
      for (const range of kept) changed = (await this.#copy(target, range, pace, change)) || changed;
      await target.datasync();
      if (changed) await this.#turns.run(() => this.#replace(known, target, pace));
    } finally {
      await target.close();
      await rm(this.#next, { force: true });
    }
  }

  async #replace(then: Known, target: FileHandle, pace: Pace): Promise<void> {
    const now = await this.#current();
    // Another program has replaced or cut the file: it stays unchanged.
    if (now.inode !== then.inode || now.size < then.size) return;
    await this.#copy(target, { start: then.size, end: now.size }, pace);
    await target.datasync();
    await rename(this.#next, this.path);
    const facts = await factsOf(this.path);
    if (facts !== undefined) this.#remember({ ...now, ...facts });
  }

  async #keptOf(known: Known, keep: (row: CsvRow) => boolean, pace: Pace): Promise<Range[]> {
    const kept: Range[] = [];
    const rows = readRows(this.path, known.head, known.size, known.separator, columns.length);
    for await (const row of rows) {
      await pace.step();
      if (!keep(row)) continue;
      const last = kept.at(-1);
      if (last?.end === row.start) last.end = row.end;
      else kept.push({ start: row.start, end: row.end });
    }
    return kept;
  }

  /** Copies a range. Returns whether `change` changed its text. */
  async #copy(
    target: FileHandle,
    { start, end }: Range,
    pace: Pace,
    change?: (text: string) => Promise<string>,
  ): Promise<boolean> {
    if (start >= end) return false;
    let changed = false;
    let unsynced = 0;
    for await (const text of wholeLines(createReadStream(this.path, { start, end: end - 1 }))) {
      const next = change === undefined ? text : await change(text);
      changed ||= next !== text;
      await target.writeFile(Buffer.from(next, "latin1"));
      unsynced += next.length;
      // One large sync at the end would block the disk for other programs.
      if (unsynced > SYNC_BYTES) await target.datasync();
      unsynced %= SYNC_BYTES;
      await pace.step();
    }
    return changed;
  }

  /** Returns the facts about the file. Reads it again if it changed since the last append. */
  async #current(): Promise<Known> {
    const facts = await factsOf(this.path);
    const isSame = facts?.size === this.#known?.size && facts?.inode === this.#known?.inode;
    return this.#known === undefined || !isSame ? this.#remember(await this.#inspect(facts)) : this.#known;
  }

  #remember(known: Known): Known {
    this.#known = known;
    this.#bytes = known.size;
    return known;
  }

  async #inspect(facts: Facts | undefined): Promise<Known> {
    if (facts === undefined || facts.size === 0) {
      await mkdir(path.dirname(this.path), { recursive: true });
      await this.#storage.append(this.path, newTable(this.#separator));
    } else {
      const { head, separator } = await readHead(this.path);
      const tail = await tailOf(this.path, head, facts.size, separator);
      if (tail.cutAt !== undefined) await truncate(this.path, tail.cutAt);
      if (tail.missing !== "") await this.#storage.append(this.path, Buffer.from(tail.missing));
    }
    const now = await factsOf(this.path);
    if (now === undefined) throw new Error(`${this.path} was just deleted`);
    return { ...now, ...(await readHead(this.path)) };
  }

  get #next(): string {
    return `${this.path}.part`;
  }
}

interface Range {
  start: number;
  end: number;
}

interface Facts {
  inode: bigint;
  mode: number;
  size: number;
}

async function factsOf(file: string): Promise<Facts | undefined> {
  try {
    const { ino, size, mode } = await stat(file, { bigint: true });
    return { inode: ino, size: Number(size), mode: Number(mode) };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

async function truncate(file: string, size: number): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.truncate(size);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Reads a file in pieces of complete lines, with one character for each byte, so that all bytes are preserved. */
async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of source) {
    const text = rest + chunk.toString("latin1");
    const end = text.lastIndexOf("\n") + 1;
    rest = text.slice(end);
    if (end > 0) yield text.slice(0, end);
  }
  if (rest !== "") yield rest;
}
