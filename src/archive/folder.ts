import { lstat, rm } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../core/clock";
import { SurveillanceError } from "../core/errors";
import { dayAndTime } from "../files/day-folders";
import { FolderLock } from "../files/folder-lock";
import type { ArchivableEvent } from "./check-event";
import { CsvFile } from "./csv-file";
import { eventRow } from "./event-row";
import { inUse } from "./failure";
import { KeptFiles } from "./kept-files";
import { FileNames, imageName, rawName } from "./names";
import type { ArchiveOptions } from "./options";
import type { Pace } from "./pace";
import { ArchiveRecord } from "./record";
import { Retention } from "./retention";
import type { Storage } from "./storage";
import type { TrustedTime } from "./trusted-time";

/** What was written for one event, as absolute paths. */
export interface ArchivedFiles {
  /** In the order of the event's pictures; those that came without data are left out. */
  images: string[];
  raw?: string;
}

/** An event on its way to the disk. */
export interface Entry {
  event: ArchivableEvent;
  raw: Buffer | undefined;
  resolve: (files: ArchivedFiles) => void;
}

/** What an archive does with time and disk. */
export interface ArchiveMeans {
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

/** What is on the disk of one archive. Calls to write come one after the other. */
export class ArchiveFolder {
  readonly #options: ArchiveOptions;
  readonly #means: ArchiveMeans;
  readonly #lock: FolderLock;
  readonly #csv: CsvFile | undefined;
  readonly #names = new FileNames();
  readonly #record: ArchiveRecord;
  readonly #files: KeptFiles;
  readonly #retention: Retention;
  #preparing: Promise<void> | undefined;
  #isReady = false;
  readonly #days = { images: "", raw: "" };

  constructor(options: ArchiveOptions, means: ArchiveMeans) {
    const { folder, csv = true, csvSeparator = ",", retainDays, maxBytes } = options;
    const { storage, time, steady } = means;
    this.#options = options;
    this.#means = means;
    this.#lock = new FolderLock(path.join(folder, ".event-archive.lock"), options.lock);
    this.#csv = csv ? new CsvFile(path.join(folder, "events.csv"), storage, csvSeparator) : undefined;
    const record = new ArchiveRecord(path.join(folder, ".event-archive.json"), this.#names.mark, storage);
    const files = new KeptFiles([this.#pathOf("images"), this.#pathOf("raw")], (name) => record.isOwn(name));
    const parts = { folder, files, csv: this.#csv, record, time, steady };
    this.#retention = new Retention(parts, { retainDays, maxBytes });
    this.#record = record;
    this.#files = files;
  }

  /** Takes the folder, once; again only after that failed, or when it was deleted or taken by another process. */
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

  /** Whether it was this archive's to write to when last looked. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /**
   * Writes events, the pictures first: a row never names a file that is not there. Each event fails for itself.
   *
   * @throws {Error} what every event fails by that was not resolved
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

  get isTooMuch(): boolean {
    return this.#retention.isTooMuch;
  }

  get isFarTooMuch(): boolean {
    return this.#retention.isFarTooMuch;
  }

  /** @param measure look anew how much there is */
  async tidy(measure: boolean, pace: Pace): Promise<void> {
    // Not in a folder that another process works in.
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
    const at = new Date(this.#means.clock.now());
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
    await this.#retention.writing(file, data.length, this.#means.storage.write(file, data));
    return file;
  }

  /** A link in a day's place would lead the pictures out of the archive. */
  async #checkDay(kind: "images" | "raw", day: string): Promise<void> {
    const folder = path.join(this.#pathOf(kind), day);
    const facts = await lstat(folder).catch(() => undefined);
    if (facts?.isSymbolicLink() === true) {
      throw new SurveillanceError(
        "ARCHIVE_WRITE_FAILED",
        `${folder} is a link that leads out of the archive.`,
        {
          advice: "Put a folder in its place.",
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

/** What was written of an event that is not kept: nothing names it. */
async function removeAll({ images, raw }: ArchivedFiles): Promise<void> {
  const files = [...images, ...(raw === undefined ? [] : [raw])];
  await Promise.all(files.map((file) => rm(file, { force: true }).catch(() => undefined)));
}
