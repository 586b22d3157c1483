import { mkdir, open, readFile, rename, rm, rmdir, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { SurveillanceError, toError } from "../../../core/errors";
import { fieldsOf } from "../../values";
import type { DeliveryState, EventMemory } from "./event-memory";
import type { SeenSnapshot } from "./seen-events";
import { mergeSources, type SourcesSnapshot } from "./known-sources";
import type { OwnSubscription } from "../subscription/obsolete-types";

/** What a journal remembers: of the stream, and what was subscribed on its behalf. */
export interface JournalMemory {
  stream: EventMemory;
  own: OwnSubscription[];
}

/** One line: each part is there where it is news. */
interface Entry {
  /** Replaces the one before. */
  state?: DeliveryState;
  /** Replaces the one before. */
  own?: OwnSubscription[];
  /** More of them. */
  sources?: SourcesSnapshot;
  /** More of them: what is delivered. */
  seen?: SeenSnapshot;
}

export interface EventJournalOptions {
  /** Without its extension: the journal is two files. */
  file: string;
  /** What every new file begins with, so that the one before the last can go. */
  current: () => Omit<Entry, "seen">;
  /** It cannot be written; said once until it can be again. What is not written is remembered for this run only. */
  onProblem: (error: SurveillanceError) => void;
  /** How many delivered events a file takes; two files are kept. */
  maxSeen?: number;
  /** How long a disk that takes nothing is left alone. */
  retryMs?: number;
}

const MAX_SEEN = 25_000;
const MAX_BYTES = 8 * 1024 * 1024;
/** Ids in one line, so that no line takes long to write or to read. */
const MAX_PER_LINE = 500;
const RETRY_MS = 5000;

/**
 * What was delivered, and until when, on disk as it happens: it outlasts a process that is killed. Lines are only added; a full
 * file takes the place of the one before it, so nothing is ever rewritten, and what a kill can spoil is the last line.
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
  /** Whether something that was added never got to the disk. */
  #isBehind = false;
  #isClosed = false;

  constructor(options: EventJournalOptions) {
    this.#options = options;
  }

  /**
   * @returns undefined where there is no journal yet
   * @throws {Error} of the file system where there is one that cannot be read
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

  /** Takes news over; they are on disk some turns of the event loop later, or when {@link flush} resolves. */
  add(entry: Entry): void {
    // The file may be another's by now.
    if (this.#isClosed) return;
    const { maxSeen = MAX_SEEN } = this.#options;
    const { seen = [], ...rest } = entry;
    // While the disk takes nothing, no more is kept for it than a file holds.
    if (this.#seenWaiting + seen.length > maxSeen) this.#drop();
    if (Object.keys(rest).length > 0) this.#entries.push(rest);
    for (let from = 0; from < seen.length; from += MAX_PER_LINE) {
      this.#entries.push({ seen: seen.slice(from, from + MAX_PER_LINE) });
    }
    this.#seenWaiting += seen.length;
    this.#start();
  }

  /** Resolves when all that was added is on disk, or could not be written. Never rejects. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Writes what was added, and takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
    await this.#release();
  }

  /** Nobody uses the events any more. */
  async remove(): Promise<void> {
    await this.close();
    for (const name of [this.#old, this.#young]) await rm(name, { force: true });
    // The folder goes with its last journal.
    const folder = path.dirname(this.#young);
    for (const empty of [folder, path.dirname(folder)]) await rmdir(empty).catch(() => undefined);
  }

  get #young(): string {
    return `${this.#options.file}.jsonl`;
  }

  get #old(): string {
    return `${this.#options.file}.old.jsonl`;
  }

  /** One write at a time; whatever comes in meanwhile goes with the next one. */
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
      // The rest is news no more by the time it can be written: what is current then takes its place.
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
    // Whatever was cut off by a kill ends here.
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
    const text = `What was delivered cannot be written to ${this.#young}: ${cause.message}.`;
    this.#options.onProblem(
      new SurveillanceError("FILE_WRITE", text, {
        cause,
        advice: "Until it can be, a restart may miss events or send some twice.",
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

/** The lines that are whole. Reading one file leaves the event loop free in between. */
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
