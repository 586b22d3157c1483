import { lstat, rm } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../core/clock";
import { SurveillanceError } from "../core/errors";
import { dayAndTime } from "../files/day-folders";
import { FolderLock, type LockHolder, type LockTimes } from "../files/folder-lock";
import type { ArchivableEvent } from "./check-event";
import { eventRow, type CsvSeparator } from "./csv/row";
import { CsvTable } from "./csv/table";
import { KeptFiles } from "./retention/kept-files";
import { FileNames, imageName, rawName } from "./names";
import type { Pace } from "./pace";
import { ArchiveRecord } from "./retention/record";
import { Retention } from "./retention/retention";
import type { Storage } from "./storage";
import type { TrustedTime } from "./retention/trusted-time";

/** The content, the place and the limits of an archive. */
export interface FolderOptions {
  /** Absolute path. A missing folder is created. */
  folder: string;
  /** Keep the table events.csv. Default true. */
  csv?: boolean;
  /** Separator of a new table; an existing table keeps its own. Default: comma. */
  csvSeparator?: CsvSeparator;
  /** Keep the images. Default true. */
  images?: boolean;
  /** Keep the bodies as received. Default false. */
  raw?: boolean;
  /** Delete older files and rows. Default: keep all. */
  retainDays?: number | undefined;
  /** Delete the oldest files and rows when the archive is larger. Default: no limit. */
  maxBytes?: number | undefined;
  lock?: LockTimes;
}

/** The files that were written for one event, as absolute paths. */
export interface ArchivedFiles {
  /** In the order of the event's images, without images that have no data. */
  images: string[];
  raw?: string;
}

/** An event that is being written. */
export interface Entry {
  event: ArchivableEvent;
  raw: Buffer | undefined;
  resolve: (files: ArchivedFiles) => void;
}

/** Clocks and the disk, which tests replace. */
export interface FolderEnvironment {
  clock: Clock;
  steady: Clock;
  time: TrustedTime;
  storage: Storage;
}

type Fail<Kind> = (entry: Kind, thrown: unknown) => void;
interface Kept<Kind> {
  entry: Kind;
  files: ArchivedFiles;
  row: string[];
}

/** The folder of one archive on disk. The caller waits for each `write` before the next. */
export class ArchiveFolder {
  readonly #options: FolderOptions;
  readonly #environment: FolderEnvironment;
  readonly #lock: FolderLock;
  readonly #csv: CsvTable | undefined;
  readonly #names = new FileNames();
  readonly #record: ArchiveRecord;
  readonly #files: KeptFiles;
  readonly #retention: Retention;
  #preparing: Promise<void> | undefined;
  #isReady = false;
  readonly #days = { images: "", raw: "" };

  constructor(options: FolderOptions, environment: FolderEnvironment) {
    const { folder, csv = true, csvSeparator = ",", retainDays, maxBytes } = options;
    const { storage, time, steady } = environment;
    this.#options = options;
    this.#environment = environment;
    this.#lock = new FolderLock(path.join(folder, ".event-archive.lock"), options.lock);
    this.#csv = csv ? new CsvTable(path.join(folder, "events.csv"), storage, csvSeparator) : undefined;
    const record = new ArchiveRecord(path.join(folder, ".event-archive.json"), this.#names.mark, storage);
    const files = new KeptFiles([this.#pathOf("images"), this.#pathOf("raw")], (name) => record.isOwn(name));
    const parts = { folder, files, csv: this.#csv, record, time, steady };
    this.#retention = new Retention(parts, { retainDays, maxBytes });
    this.#record = record;
    this.#files = files;
  }

  /** Locks and prepares the folder once, and again after a failure, a deletion or the use by another process. */
  prepare(signal: AbortSignal): Promise<void> {
    this.#preparing ??= this.#prepare(signal).finally(() => (this.#preparing = undefined));
    return this.#preparing;
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    if (this.#isReady && (await this.#lock.isHeld())) return;
    this.#isReady = false;
    const holder = await this.#lock.acquire(signal);
    if (holder !== undefined) throw inUse(this.#options.folder, holder);
    await this.#record.load(() => this.#files.all());
    await this.#retention.begin();
    this.#isReady = true;
    await this.#csv?.prepare();
  }

  /** Whether this archive held the folder at the last check. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /**
   * Writes events, images first, so that a row never names a missing file. Each event may fail separately.
   *
   * @throws {Error} the failure of every event that was neither resolved nor failed
   */
  async write<Kind extends Entry>(batch: readonly Kind[], fail: Fail<Kind>): Promise<void> {
    if (batch.some((entry) => this.#filesOf(entry) > 0)) await this.#record.save();
    const attempts = await Promise.all(
      batch.map((entry) =>
        this.#writeEvent(entry).catch((thrown: unknown) => {
          fail(entry, thrown);
          return undefined;
        }),
      ),
    );
    const kept = attempts.filter((attempt) => attempt !== undefined);
    if (kept.length === 0) return;
    try {
      await this.#csv?.append(kept.map(({ row }) => row));
    } catch (thrown) {
      await Promise.all(kept.map(({ files }) => removeAll(files)));
      throw thrown;
    }
    for (const { entry, files } of kept) entry.resolve(files);
  }

  get isOverLimit(): boolean {
    return this.#retention.isOverLimit;
  }

  get isFarOverLimit(): boolean {
    return this.#retention.isFarOverLimit;
  }

  /** Deletes expired files and rows. @param measure whether to count all files again */
  async tidy(measure: boolean, pace: Pace): Promise<void> {
    // Not in a folder that another process uses.
    if (this.#isReady && (await this.#lock.isHeld())) await this.#retention.run(measure, pace);
  }

  async release(): Promise<void> {
    await this.#preparing?.catch(() => undefined);
    await this.#lock.release();
  }

  #filesOf({ event, raw }: Entry): number {
    const { images: keepsImages = true, raw: keepsRaw = false } = this.#options;
    const images = keepsImages ? event.images.filter(({ data }) => data !== undefined) : [];
    return images.length + (keepsRaw && raw !== undefined ? 1 : 0);
  }

  async #writeEvent<Kind extends Entry>(entry: Kind): Promise<Kept<Kind>> {
    const { event, raw } = entry;
    const at = new Date(this.#environment.clock.now());
    const { day } = dayAndTime(at);
    const name = this.#names.next(event, at);
    const files: ArchivedFiles = { images: [] };
    try {
      for (const [index, image] of ((this.#options.images ?? true) ? event.images : []).entries()) {
        if (image.data === undefined) continue;
        files.images.push(await this.#keep("images", day, imageName(name, index, image), image.data));
      }
      if (this.#options.raw === true && raw !== undefined) {
        files.raw = await this.#keep("raw", day, rawName(name, raw), raw);
      }
      const rawPath = files.raw === undefined ? undefined : this.#relative(files.raw);
      return { entry, files, row: eventRow(event, at, files.images.map(this.#relative), rawPath) };
    } catch (thrown) {
      await removeAll(files);
      throw thrown;
    }
  }

  async #keep(kind: "images" | "raw", day: string, name: string, data: Buffer): Promise<string> {
    if (day !== this.#days[kind]) await this.#checkDay(kind, day);
    const file = path.join(this.#pathOf(kind), day, name);
    await this.#retention.writing(file, data.length, this.#environment.storage.write(file, data));
    return file;
  }

  /** Checks that a day's folder is not a link, which could point outside the archive. */
  async #checkDay(kind: "images" | "raw", day: string): Promise<void> {
    const folder = path.join(this.#pathOf(kind), day);
    const facts = await lstat(folder).catch(() => undefined);
    if (facts?.isSymbolicLink() === true) {
      throw new SurveillanceError(
        "ARCHIVE_WRITE_FAILED",
        `${folder} is a link that points outside the archive.`,
        {
          advice: "Replace it with a folder.",
        },
      );
    }
    this.#days[kind] = day;
  }

  #pathOf(kind: "images" | "raw"): string {
    return path.join(this.#options.folder, kind);
  }

  readonly #relative = (file: string): string =>
    path.relative(this.#options.folder, file).replaceAll(path.sep, "/");
}

/** Deletes the files of an event that could not be stored: no row names them. */
async function removeAll({ images, raw }: ArchivedFiles): Promise<void> {
  const files = [...images, ...(raw === undefined ? [] : [raw])];
  await Promise.all(files.map((file) => rm(file, { force: true }).catch(() => undefined)));
}

function inUse(folder: string, { pid, host }: LockHolder): SurveillanceError {
  const who = pid === undefined ? "" : ` (PID ${pid}${host === undefined ? "" : ` on ${host}`})`;
  return new SurveillanceError("ARCHIVE_IN_USE", `Another process${who} uses the archive folder ${folder}.`, {
    advice:
      "Set a separate folder for each process, or stop the other process. Archiving resumes with the next event.",
  });
}
