import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { csvLine } from "./csv";
import { columns } from "./event-row";
import type { Storage } from "./storage";

/** The table of all events. */
export class CsvFile {
  readonly path: string;
  readonly #storage: Storage;

  constructor(file: string, storage: Storage) {
    this.path = file;
    this.#storage = storage;
  }

  /** Makes the file, or makes good what a killed process left of it. */
  async prepare(): Promise<void> {
    await mkdir(path.dirname(this.path), { recursive: true });
    const size = await sizeOf(this.path);
    if (size === 0) {
      await this.#storage.append(this.path, Buffer.from(csvLine(columns)));
      return;
    }
    await cutUnfinishedLine(this.path, size);
  }

  async append(rows: readonly string[][]): Promise<void> {
    // Deleted, or rotated away by the user, while the archive runs.
    if ((await sizeOf(this.path)) === 0) await this.prepare();
    await this.#storage.append(this.path, Buffer.from(rows.map(csvLine).join("")));
  }

  async size(): Promise<number> {
    return sizeOf(this.path);
  }

  /**
   * Drops the oldest rows, as long as they are to be dropped; the rest is copied once, to a new file that then takes
   * the old one's place. Rows are in the order they came, so the first that is kept ends the search.
   *
   * @param isOutdated of a row's bytes that follow, this row included, and the time it was received
   */
  async dropWhile(isOutdated: (bytesLeft: number, received: string) => boolean): Promise<void> {
    const size = await this.size();
    const header = Buffer.byteLength(csvLine(columns));
    const start = await this.#firstKept(header, size, isOutdated);
    if (start <= header) return;
    const next = `${this.path}.part`;
    const target = createWriteStream(next);
    target.write(csvLine(columns));
    await pipeline(createReadStream(this.path, { start }), target);
    await rename(next, this.path);
  }

  async #firstKept(
    header: number,
    size: number,
    isOutdated: (bytesLeft: number, received: string) => boolean,
  ): Promise<number> {
    const stream = createReadStream(this.path, { start: header });
    const lines = createInterface({ input: stream, crlfDelay: Infinity });
    let at = header;
    let rowStart = header;
    let quotes = 0;
    let row = "";
    try {
      for await (const line of lines) {
        row = row === "" ? line : row;
        quotes += line.split('"').length - 1;
        at += Buffer.byteLength(line) + 2;
        // A line end inside quotes is part of a field.
        if (quotes % 2 === 1) continue;
        const received = row.split(",")[1] ?? "";
        if (!isOutdated(size - rowStart, received)) return rowStart;
        rowStart = at;
        row = "";
        quotes = 0;
      }
      return rowStart;
    } finally {
      lines.close();
      stream.destroy();
    }
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw thrown;
  }
}

const TAIL = 64 * 1024;

/** A process killed in the middle of a write leaves a line without its end: nobody was told that it is kept. */
async function cutUnfinishedLine(file: string, size: number): Promise<void> {
  const handle = await open(file, "r+");
  try {
    const start = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const lineEnd = buffer.subarray(0, bytesRead).lastIndexOf("\n");
    if (lineEnd !== -1 && start + lineEnd + 1 < size) await handle.truncate(start + lineEnd + 1);
  } finally {
    await handle.close();
  }
}
