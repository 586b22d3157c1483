import { access, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../../core/clock";
import { toError } from "../../core/errors";
import { dayAndTime } from "../../files/day-folders";
import type { CsvTable } from "../csv/table";
import { columns, DELETED } from "../csv/row";
import { sizeOf, type KeptDay, type KeptFile, type KeptFiles } from "./kept-files";
import { markIn } from "../names";
import type { Pace } from "../pace";
import type { ArchiveRecord } from "./record";
import type { TrustedTime } from "./trusted-time";

export interface RetentionLimits {
  /** Maximum age in days. Undefined: no limit. */
  retainDays: number | undefined;
  /** Maximum size of the whole archive. Undefined: no limit. */
  maxBytes: number | undefined;
}

export interface RetentionParts {
  folder: string;
  files: KeptFiles;
  csv: CsvTable | undefined;
  record: ArchiveRecord;
  time: TrustedTime;
  steady: Clock;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** If an archive seems unused for this time, the clock may be wrong. */
const LONG_UNUSED_MS = 30 * DAY_MS;
/** Deleting stops at this part of the limit, so that not every event starts it. */
const SLACK = 0.95;
const FAR = 1.1;
/** Files that are deleted together after one write of the record. */
const AT_ONCE = 256;
/** Sorts behind every name. */
const LAST = "~";
const RECEIVED = columns.indexOf("received");
/** Matches the path of an image or a raw body in a row. */
const PATH = /(?:images|raw)\/(\d{4}-\d{2}-\d{2}\/([\w.-]+))/g;

/**
 * Deletes files and rows that are too old, and the oldest ones if the archive is too large, while events are written.
 * Deletes only files that the archive wrote. Marks the rows of deleted files.
 */
export class Retention {
  readonly #parts: RetentionParts;
  readonly #limits: RetentionLimits;
  readonly #startedAt: number;
  /** The last write before this start; undefined for a new archive. */
  #lastWrite: number | undefined;
  /** The size of all files except the table at the last count, plus the files written since. */
  #bytes = 0;
  readonly #writing = new Set<string>();
  #notCounted: Set<string> | undefined;
  /** The time of receipt of the oldest row; undefined until all rows were read. */
  #oldestRow: number | undefined;
  #rowsReadAt = -Infinity;
  #hasTakenStock = false;
  #failures: Error[] = [];

  constructor(parts: RetentionParts, limits: RetentionLimits) {
    this.#parts = parts;
    this.#limits = limits;
    this.#startedAt = parts.steady.now();
  }

  /** Prepares the first run. Call it before the first event is written. */
  async begin(): Promise<void> {
    const { files, csv } = this.#parts;
    const newest = (await files.days()).at(-1)?.folders ?? [];
    const times = await Promise.all([...newest, ...(csv === undefined ? [] : [csv.path])].map(changedAt));
    const known = times.filter((time) => time !== undefined);
    this.#lastWrite = known.length === 0 ? undefined : Math.max(...known);
    this.#bytes = 0;
    this.#oldestRow = undefined;
    this.#hasTakenStock = false;
  }

  get isOverLimit(): boolean {
    return this.#total > (this.#limits.maxBytes ?? Infinity);
  }

  /** Whether events arrive faster than files are deleted. Deleting then has priority. */
  get isFarOverLimit(): boolean {
    return this.#total > (this.#limits.maxBytes ?? Infinity) * FAR;
  }

  get #total(): number {
    return this.#bytes + (this.#parts.csv?.bytes ?? 0);
  }

  /**
   * Counts a file while it is written.
   * @throws {Error} of the file system
   */
  async writing(file: string, bytes: number, written: Promise<void>): Promise<void> {
    this.#writing.add(file);
    this.#notCounted?.add(file);
    try {
      await written;
      this.#bytes += bytes;
    } finally {
      this.#writing.delete(file);
    }
  }

  /**
   * Applies the limits.
   *
   * @param measure whether to count all files again. Otherwise, the last count plus the files written since is used
   * @throws {Error} AbortError; the first failure of the file system, after all other steps are done
   */
  async run(measure: boolean, pace: Pace): Promise<void> {
    const steps = [
      () => this.#takeStock(pace),
      () => this.#deleteOldFiles(pace),
      () => this.#dropOldRows(pace),
      () => this.#deleteExcess(measure, pace),
      () => this.#markRows(pace),
    ];
    this.#failures = [];
    for (const step of steps) {
      await pace.step();
      await step().catch((thrown: unknown) => {
        this.#failures.push(toError(thrown));
      });
    }
    const [failure] = this.#failures;
    if (failure !== undefined) throw failure;
  }

  /** Runs once: deletes half-written files of killed processes, and forgets the marks of deleted files. */
  async #takeStock(pace: Pace): Promise<void> {
    if (this.#hasTakenStock) return;
    const { files, record } = this.#parts;
    const marks = new Set<string>();
    for await (const file of files.all()) {
      await pace.step();
      if (record.isLeftOver(file.name)) await rm(file.path, { force: true });
      marks.add(markIn(file.name) ?? "");
    }
    // Rows that are not marked yet name deleted files.
    if (record.deletedUpTo === undefined) await record.keepMarks(marks);
    this.#hasTakenStock = true;
  }

  async #deleteOldFiles(pace: Pace): Promise<void> {
    const oldest = this.#oldestKept();
    if (oldest === undefined) return;
    const { day: oldestDay } = dayAndTime(new Date(oldest));
    for (const day of await this.#parts.files.days()) {
      if (day.name < oldestDay) await this.#deleteFrom(day, Infinity, pace);
    }
  }

  async #dropOldRows(pace: Pace): Promise<void> {
    const oldest = this.#oldestKept();
    if (oldest === undefined) return;
    const steady = this.#parts.steady.now();
    // Rows from a user's own flow may be older than the rows above them. So all rows are read once a day.
    if ((this.#oldestRow ?? -Infinity) >= oldest && steady - this.#rowsReadAt < DAY_MS) return;
    let isOld = false;
    let oldestRow = Infinity;
    await this.#parts.csv?.rewrite({
      keep: ({ fields }) => {
        const received = Date.parse(fields?.[RECEIVED] ?? "");
        // A row with an unreadable time counts as old as the row above it.
        if (!Number.isNaN(received)) isOld = received < oldest;
        if (!isOld && received < oldestRow) oldestRow = received;
        return !isOld;
      },
      pace,
    });
    // Rows that are written from now on are not older than now.
    this.#oldestRow = Math.min(oldestRow, this.#parts.time.now() ?? oldest);
    this.#rowsReadAt = steady;
  }

  /** Returns the time of the oldest kept item, in epoch milliseconds; undefined without a limit or a trusted time. */
  #oldestKept(): number | undefined {
    const { time, steady } = this.#parts;
    const now = time.now();
    if (now === undefined || this.#limits.retainDays === undefined) return undefined;
    // After a long time without use, the clock must run for an hour before it is trusted.
    const wasUnused = this.#lastWrite !== undefined && now - this.#lastWrite > LONG_UNUSED_MS;
    if (wasUnused && steady.now() - this.#startedAt < HOUR_MS) return undefined;
    return now - this.#limits.retainDays * DAY_MS;
  }

  async #deleteExcess(measure: boolean, pace: Pace): Promise<void> {
    const { maxBytes } = this.#limits;
    if (maxBytes === undefined) return;
    const { files, csv } = this.#parts;
    if (measure) {
      // Files that are written during the count are added by `writing`.
      const excluded = (this.#notCounted = new Set(this.#writing));
      this.#bytes = 0;
      const counted = await files
        .measure(pace, (file) => excluded.has(file))
        .finally(() => (this.#notCounted = undefined));
      this.#bytes += counted;
    }
    if (!this.isOverLimit) return;
    const goal = maxBytes * SLACK;
    for (const day of await files.days()) {
      if (this.#total <= goal) break;
      await this.#deleteFrom(day, this.#total - goal, pace);
    }
    const rowBytes = csv?.bytes ?? 0;
    if (this.#total > goal) await csv?.rewrite({ keep: ({ start }) => rowBytes - start <= goal, pace });
  }

  /** Deletes the oldest files of a day until the excess bytes are gone. */
  async #deleteFrom(day: KeptDay, excess: number, pace: Pace): Promise<void> {
    const { files, record } = this.#parts;
    let freed = 0;
    let chosen: (KeptFile & { bytes: number })[] = [];
    if (excess === Infinity) await record.deleting(`${day.name}/${LAST}`);
    for await (const file of files.oldestOf(day)) {
      if (freed >= excess) break;
      await pace.step();
      const bytes = await sizeOf(file.path);
      chosen.push({ ...file, bytes });
      freed += bytes;
      if (chosen.length < AT_ONCE) continue;
      await this.#delete(chosen, pace);
      chosen = [];
    }
    await this.#delete(chosen, pace);
    await files.removeFolders(day);
  }

  async #delete(chosen: readonly (KeptFile & { bytes: number })[], pace: Pace): Promise<void> {
    const last = chosen.at(-1);
    if (last === undefined) return;
    await this.#parts.record.deleting(last.key);
    for (const file of chosen) {
      await pace.step();
      try {
        await rm(file.path, { force: true });
        this.#bytes -= file.bytes;
      } catch (thrown) {
        // Some systems refuse while another program has the file open. The other files can be deleted.
        this.#failures.push(toError(thrown));
      }
    }
  }

  async #markRows(pace: Pace): Promise<void> {
    const { record, csv, folder } = this.#parts;
    const upTo = record.deletedUpTo;
    if (upTo === undefined) return;
    const change = async (text: string): Promise<string> => {
      const gone = new Set<string>();
      for (const [file, key = "", name = ""] of text.matchAll(PATH)) {
        if (key <= upTo && record.isOwn(name) && !(await exists(path.join(folder, file)))) gone.add(file);
      }
      return gone.size === 0 ? text : text.replace(PATH, (file) => (gone.has(file) ? DELETED : file));
    };
    await csv?.rewrite({ change, pace });
    await record.settled();
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (thrown) {
    // A disconnected drive causes another code.
    return (thrown as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

async function changedAt(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mtimeMs;
}
