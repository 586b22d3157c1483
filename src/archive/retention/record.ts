import { readFile } from "node:fs/promises";
import { markIn } from "../names";
import type { Storage } from "../storage";

/** Marks that an archive keeps before it looks which of them are still in use. */
const MANY = 1000;

interface Content {
  marks: string[];
  deletedUpTo?: string;
}

/**
 * What an archive remembers in a file of its folder. First, the marks in the names of its files, one for each start: by
 * these it knows its files from files that others put there. Second, up to where it has deleted files whose rows do not
 * say so yet.
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

  /** Day and name of the last file deleted, `2026-05-04/101530123-…`; undefined when all rows say so. */
  get deletedUpTo(): string | undefined {
    return this.#deletedUpTo;
  }

  /** @param names finds the names of all files, for a folder that an earlier version filled */
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

  /** Whether this archive wrote a file. */
  isOwn(name: string): boolean {
    const mark = markIn(name);
    return mark !== undefined && this.#marks.has(mark);
  }

  /** Whether a half-written file is left from a killed process. This process may still be writing its own. */
  isLeftOver(part: string): boolean {
    const name = /^\.(.+)\.part$/.exec(part)?.[1];
    return name !== undefined && this.isOwn(name) && markIn(name) !== this.#own;
  }

  /** Call it before the first file is written. */
  async save(): Promise<void> {
    if (!this.#isSaved) await this.#write();
  }

  /** Call it before files are deleted: their rows are marked later, perhaps after the next start. */
  async deleting(upTo: string): Promise<void> {
    if (this.#deletedUpTo !== undefined && this.#deletedUpTo >= upTo) return;
    this.#deletedUpTo = upTo;
    // A full disk is a reason to delete: the deletion goes on.
    await this.#write().catch(() => undefined);
  }

  /** Call it when the rows say what was deleted. */
  async settled(): Promise<void> {
    this.#deletedUpTo = undefined;
    await this.#write();
  }

  /** Forgets marks that no file has any more, once there are many. Fewer are kept, in case the drive is away for now. */
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
