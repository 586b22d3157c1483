import { mkdir, open, readFile, rename, rm, rmdir, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { SurveillanceError, toError } from "../../../core/errors";
import { fieldsOf } from "../../values";
import type { DeliveryState, EventMemory } from "./event-memory";
import type { SeenSnapshot } from "./seen-events";
import { mergeSources, type SourcesSnapshot } from "./known-sources";
import type { OwnSubscription } from "../subscription/obsolete-types";

/** The contents of a journal: the memory of the stream, and its subscriptions. */
export interface JournalMemory {
  stream: EventMemory;
  own: OwnSubscription[];
}

/** One line of the file. A part without news is absent. */
interface Entry {
  /** Replaces the state of earlier lines. */
  state?: DeliveryState;
  /** Replaces the subscriptions of earlier lines. */
  own?: OwnSubscription[];
  /** Additional sources. */
  sources?: SourcesSnapshot;
  /** Additional delivered events. */
  seen?: SeenSnapshot;
}

export interface EventJournalOptions {
  /** The path without extension: the journal consists of two files. */
  file: string;
  /** Returns the first line of every new file, so that the oldest file can be deleted. */
  current: () => Omit<Entry, "seen">;
  /**
   * Called once when writing fails, and again only after it has worked. Entries that are not written are remembered for
   * this run only.
   */
  onProblem: (error: SurveillanceError) => void;
  /** The most delivered events in a file; two files are kept. */
  maxSeen?: number;
  /** The pause after a failed write. */
  retryMs?: number;
}

const MAX_SEEN = 25_000;
const MAX_BYTES = 8 * 1024 * 1024;
/** Ids in one line, so that no line takes long to write or to read. */
const MAX_PER_LINE = 500;
const RETRY_MS = 5000;

/**
 * Stores on disk which events were delivered, and until when, so that it outlasts a process that is killed. Lines are
 * only appended. A full file replaces the file before it, so nothing is ever rewritten, and a kill can damage only the
 * last line.
 */
export class EventJournal {
  readonly #options: EventJournalOptions;
  #handle: FileHandle | undefined;
  #entries: Entry[] = [];
  #seenWaiting = 0;
  #writing: Promise<void> | undefined;
  #seenInFile = 0;
  #bytesInFile = 0;
  #failedAt: number | undefined;
  /** True if an entry was never written to the disk. */
  #isBehind = false;
  #isClosed = false;

  constructor(options: EventJournalOptions) {
    this.#options = options;
  }

  /**
   * @returns undefined if there is no journal yet
   * @throws {Error} the error of the file system if the journal cannot be read
   */
  async load(): Promise<JournalMemory | undefined> {
    const memory: JournalMemory = { stream: emptyMemory(), own: [] };
    let isThere = false;
    for (const name of [this.#old, this.#young]) {
      for await (const entry of entriesOf(name)) {
        isThere ||= entry.state !== undefined;
        take(memory, entry);
        if (name === this.#young) this.#seenInFile += entry.seen?.length ?? 0;
      }
    }
    return isThere ? memory : undefined;
  }

  /** Adds an entry. It is on disk some turns of the event loop later, or when {@link flush} resolves. */
  add(entry: Entry): void {
    // Another journal may use the file by now.
    if (this.#isClosed) return;
    const { maxSeen = MAX_SEEN } = this.#options;
    const { seen = [], ...rest } = entry;
    // While writing fails, no more events are kept in memory than a file holds.
    if (this.#seenWaiting + seen.length > maxSeen) this.#drop();
    if (Object.keys(rest).length > 0) this.#entries.push(rest);
    for (let from = 0; from < seen.length; from += MAX_PER_LINE) {
      this.#entries.push({ seen: seen.slice(from, from + MAX_PER_LINE) });
    }
    this.#seenWaiting += seen.length;
    this.#start();
  }

  /** Resolves when all entries are on disk, or writing has failed. Never rejects. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Writes all entries, and ignores further entries. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
    await this.#release();
  }

  /** Deletes the files. */
  async remove(): Promise<void> {
    await this.close();
    for (const name of [this.#old, this.#young]) await rm(name, { force: true });
    // The folder is deleted with its last journal.
    const folder = path.dirname(this.#young);
    for (const empty of [folder, path.dirname(folder)]) await rmdir(empty).catch(() => undefined);
  }

  get #young(): string {
    return `${this.#options.file}.jsonl`;
  }

  get #old(): string {
    return `${this.#options.file}.old.jsonl`;
  }

  /** Starts a write if none is under way. Entries that are added meanwhile are part of the next write. */
  #start(): void {
    if (this.#writing !== undefined || this.#entries.length === 0) return;
    const { retryMs = RETRY_MS } = this.#options;
    if (this.#failedAt !== undefined && performance.now() - this.#failedAt < retryMs) return;
    this.#writing = nextTurn()
      .then(() => this.#write())
      .catch((thrown: unknown) => this.#fail(toError(thrown)))
      .finally(() => {
        this.#writing = undefined;
        if (this.#failedAt === undefined) this.#start();
      });
  }

  async #write(): Promise<void> {
    const entries = this.#entries;
    const seen = this.#seenWaiting;
    this.#entries = [];
    this.#seenWaiting = 0;
    try {
      this.#handle ??= await this.#open();
      const missed = this.#isBehind ? [this.#options.current()] : [];
      const text = [...missed, ...entries].map((entry) => `${JSON.stringify(entry)}\n`).join("");
      await this.#handle.appendFile(text);
      this.#bytesInFile += text.length;
    } catch (error) {
      // Other entries are out of date when writing works again. The current state replaces them.
      this.#entries.unshift(...entries.filter((entry) => entry.seen !== undefined));
      this.#seenWaiting += seen;
      this.#isBehind = true;
      throw error;
    }
    this.#failedAt = undefined;
    this.#isBehind = false;
    this.#seenInFile += seen;
    const { maxSeen = MAX_SEEN } = this.#options;
    if (this.#seenInFile >= maxSeen || this.#bytesInFile >= MAX_BYTES) await this.#turnOver();
  }

  async #open(): Promise<FileHandle> {
    await mkdir(path.dirname(this.#young), { recursive: true, mode: 0o700 });
    const handle = await open(this.#young, "a", 0o600);
    this.#bytesInFile = (await handle.stat()).size;
    // Ends a line that a kill has cut off.
    if (this.#bytesInFile > 0) await handle.appendFile("\n");
    return handle;
  }

  async #turnOver(): Promise<void> {
    await this.#release();
    await rename(this.#young, this.#old);
    this.#seenInFile = 0;
    this.#handle = await this.#open();
    await this.#handle.appendFile(`${JSON.stringify(this.#options.current())}\n`);
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }

  async #fail(cause: Error): Promise<void> {
    await this.#release();
    const isNews = this.#failedAt === undefined;
    this.#failedAt = performance.now();
    if (!isNews) return;
    const text = `The event journal ${this.#young} cannot be written: ${cause.message}.`;
    this.#options.onProblem(
      new SurveillanceError("FILE_WRITE", text, {
        cause,
        advice: "Until this works again, a restart can miss events or send some twice.",
      }),
    );
  }

  #drop(): void {
    this.#isBehind = true;
    this.#entries = [];
    this.#seenWaiting = 0;
  }
}

function emptyMemory(): EventMemory {
  return { latest: 0, seen: [], sources: { ids: {}, kinds: {} } };
}

function take({ stream, own }: JournalMemory, entry: Entry): void {
  const { state, seen = [], sources } = entry;
  if (state !== undefined) {
    delete stream.subscribed;
    delete stream.gap;
    delete stream.open;
    delete stream.lasting;
    Object.assign(stream, state);
  }
  if (entry.own !== undefined) own.splice(0, own.length, ...entry.own);
  if (sources !== undefined) mergeSources(stream.sources, sources);
  for (const each of seen) stream.seen.push(each);
}

/** Yields the complete lines of a file. The event loop stays free between them. */
async function* entriesOf(file: string): AsyncGenerator<Entry> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  });
  for (const [index, line] of text.split("\n").entries()) {
    if (index % 20 === 19) await nextTurn();
    const entry = fieldsOf(line);
    if (entry !== undefined) yield entry;
  }
}
