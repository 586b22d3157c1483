import { readFile } from "node:fs/promises";
import { markIn } from "../names";
import type { Storage } from "../storage";

/** Number of marks above which the archive checks which of them are still in use. */
const MANY = 1000;

interface Content {
  marks: string[];
  deletedUpTo?: string;
}

/**
 * The file in which an archive stores two facts. First, the marks in the names of its files, one for each start: they
 * distinguish its files from other files. Second, the last deleted file, while the rows of deleted files are not marked
 * yet.
 */
export class ArchiveRecord {
  readonly #file: string;
  readonly #storage: Storage;
  readonly #own: string;
  #marks: Set<string>;
  #deletedUpTo: string | undefined;
  #isSaved = false;

  /** @param mark of this process */
  constructor(file: string, mark: string, storage: Storage) {
    this.#file = file;
    this.#storage = storage;
    this.#own = mark;
    this.#marks = new Set([mark]);
  }

  /** Day and name of the last deleted file, `2026-05-04/101530123-…`; undefined if all rows are marked. */
  get deletedUpTo(): string | undefined {
    return this.#deletedUpTo;
  }

  /** Loads the record. @param names lists all files, for a folder of an earlier version without a record */
  async load(names: () => AsyncIterable<{ name: string }>): Promise<void> {
    this.#isSaved = false;
    this.#marks = new Set([this.#own]);
    this.#deletedUpTo = undefined;
    const content = await this.#read();
    this.#deletedUpTo = content?.deletedUpTo;
    for (const mark of content?.marks ?? []) this.#marks.add(mark);
    if (content !== undefined) return;
    for await (const { name } of names()) {
      const mark = markIn(name);
      if (mark !== undefined) this.#marks.add(mark);
    }
  }

  /** Tells whether this archive wrote a file. */
  isOwn(name: string): boolean {
    const mark = markIn(name);
    return mark !== undefined && this.#marks.has(mark);
  }

  /** Tells whether a half-written file is from a killed process, and not from this process, which may still write. */
  isLeftOver(part: string): boolean {
    const name = /^\.(.+)\.part$/.exec(part)?.[1];
    return name !== undefined && this.isOwn(name) && markIn(name) !== this.#own;
  }

  /** Saves the mark of this process. Call it before the first file is written. */
  async save(): Promise<void> {
    if (!this.#isSaved) await this.#write();
  }

  /** Saves the last file to delete. Call it before deleting: rows are marked later, possibly after the next start. */
  async deleting(upTo: string): Promise<void> {
    if (this.#deletedUpTo !== undefined && this.#deletedUpTo >= upTo) return;
    this.#deletedUpTo = upTo;
    // A full disk is a reason to delete: the deletion continues.
    await this.#write().catch(() => undefined);
  }

  /** Call it when all rows of deleted files are marked. */
  async settled(): Promise<void> {
    this.#deletedUpTo = undefined;
    await this.#write();
  }

  /** Forgets unused marks if there are many. A few are kept, because the drive may only be disconnected. */
  async keepMarks(inUse: ReadonlySet<string>): Promise<void> {
    if (this.#marks.size < MANY) return;
    const kept = [...this.#marks].filter((mark) => mark === this.#own || inUse.has(mark));
    this.#marks = new Set(kept);
    await this.#write();
  }

  async #read(): Promise<Content | undefined> {
    try {
      const content = JSON.parse(await readFile(this.#file, "utf8")) as Content | null;
      return Array.isArray(content?.marks) ? content : undefined;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === "ENOENT" || thrown instanceof SyntaxError) return undefined;
      throw thrown;
    }
  }

  async #write(): Promise<void> {
    const content: Content = {
      marks: [...this.#marks],
      ...(this.#deletedUpTo !== undefined && { deletedUpTo: this.#deletedUpTo }),
    };
    await this.#storage.write(this.#file, Buffer.from(`${JSON.stringify(content)}\n`));
    this.#isSaved = true;
  }
}
