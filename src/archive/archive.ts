import { rm } from "node:fs/promises";
import path from "node:path";
import { systemClock, type Clock } from "../clock";
import { SurveillanceError, toError } from "../errors";
import type { CommonEvent, EventImage } from "../events";
import { dayAndTime } from "../files/day-folders";
import { CsvFile } from "./csv-file";
import { eventRow } from "./event-row";
import { FileNames, imageExtension, rawExtension } from "./names";
import { applyRetention, removeParts } from "./retention";
import { diskStorage, type Storage } from "./storage";

export interface ArchiveOptions {
  /** Absolute path; is made where it is missing. */
  folder: string;
  /** Keep the table events.csv. Default true. */
  csv?: boolean;
  /** Keep the pictures. Default true. */
  images?: boolean;
  /** Keep the bodies as received. Default false. */
  raw?: boolean;
  /** Delete what is older. Default: keep everything. */
  retainDays?: number;
  /** Delete the oldest when all of it is more. Default: no limit. */
  maxBytes?: number;
  storage?: Storage;
  clock?: Clock;
}

/** What was written for one event, as absolute paths. */
export interface ArchivedFiles {
  /** In the order of the event's pictures; those that came without data are left out. */
  images: string[];
  raw?: string;
}

interface Entry {
  event: CommonEvent;
  raw: Buffer | undefined;
  bytes: number;
  resolve: (files: ArchivedFiles) => void;
  reject: (error: SurveillanceError) => void;
}

const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 256 * 1024 * 1024;
/** Events written together: one append and one flush of the table for all of them. */
const MAX_BATCH = 64;
const RETENTION_INTERVAL_MS = 60 * 60 * 1000;
const FULL = new Set(["ENOSPC", "EDQUOT"]);

/**
 * Keeps events: a row in events.csv, pictures under images/<date>/, raw bodies under raw/<date>/. An event is kept
 * completely, and on disk, when its promise resolves; rows are in the order of the calls.
 */
export class EventArchive {
  readonly #options: ArchiveOptions;
  readonly #storage: Storage;
  readonly #csv: CsvFile | undefined;
  readonly #names = new FileNames();
  readonly #folders: { images: string; raw: string };
  readonly #clock: Clock;
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  #prepared: Promise<void> | undefined;
  #closed = false;
  #bytes = 0;
  #nextRetention = 0;
  #cancelTidying: () => void = () => undefined;

  constructor(options: ArchiveOptions) {
    const { folder, csv = true, storage = diskStorage, clock = systemClock } = options;
    this.#options = options;
    this.#storage = storage;
    this.#clock = clock;
    this.#csv = csv ? new CsvFile(path.join(folder, "events.csv"), storage) : undefined;
    this.#folders = { images: path.join(folder, "images"), raw: path.join(folder, "raw") };
  }

  /**
   * Prepares the folder and tidies up, now and every hour: what is too old goes even when nothing new comes.
   *
   * @throws {SurveillanceError} ARCHIVE_DISK_FULL, ARCHIVE_WRITE_FAILED
   */
  async start(): Promise<void> {
    const hourly = (): void => {
      this.#cancelTidying = this.#clock.after(RETENTION_INTERVAL_MS, () => {
        hourly();
        this.#running ??= this.#run();
      });
    };
    hourly();
    try {
      await this.#prepare();
      this.#running ??= this.#run();
    } catch (thrown) {
      throw this.#describe(thrown);
    }
  }

  /**
   * @param raw the body as received, kept if the archive keeps raw bodies
   * @throws {SurveillanceError} ARCHIVE_DISK_FULL, ARCHIVE_WRITE_FAILED (the next event is tried anew), QUEUE_FULL when
   *   events come faster than the disk takes them, CLOSED
   */
  append(event: CommonEvent, raw?: Buffer): Promise<ArchivedFiles> {
    return new Promise((resolve, reject) => {
      const bytes = event.images.reduce((sum, { data }) => sum + (data?.length ?? 0), raw?.length ?? 0);
      if (this.#closed) {
        reject(new SurveillanceError("CLOSED", "The archive is closed."));
      } else if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
        reject(
          new SurveillanceError(
            "QUEUE_FULL",
            `${this.#waiting.length} events are waiting to be archived: the disk is too slow for them.`,
          ),
        );
      } else {
        this.#waiting.push({ event, raw, bytes, resolve, reject });
        this.#waitingBytes += bytes;
        this.#running ??= this.#run();
      }
    });
  }

  /** Writes what is waiting, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTidying();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Let everything that arrives in the same turn of the event loop into the first batch.
    await new Promise(setImmediate);
    do {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      if (batch.length > 0) await this.#writeBatch(batch);
      // What cannot be tidied up is no reason to lose an event: the next round tries again.
      await this.#retain(false).catch(() => undefined);
    } while (this.#waiting.length > 0);
    // In the same turn as the last look at the queue, so that no event is left waiting in it.
    this.#running = undefined;
  }

  async #writeBatch(batch: readonly Entry[]): Promise<void> {
    try {
      await this.#prepare();
      await this.#write(batch);
    } catch (thrown) {
      const error = this.#describe(thrown);
      // Does nothing to those that are settled already.
      for (const { reject } of batch) reject(error);
      // A full disk may be one that this archive filled.
      if (error.code === "ARCHIVE_DISK_FULL") await this.#retain(true).catch(() => undefined);
    } finally {
      for (const { bytes } of batch) this.#waitingBytes -= bytes;
    }
  }

  /** Once; again only after it failed. */
  #prepare(): Promise<void> {
    this.#prepared ??= Promise.resolve(this.#csv?.prepare())
      .then(() => removeParts(Object.values(this.#folders)))
      .catch((thrown: unknown) => {
        this.#prepared = undefined;
        throw thrown;
      });
    return this.#prepared;
  }

  /** Pictures first: a row never names a file that is not there. */
  async #write(batch: readonly Entry[]): Promise<void> {
    const kept: { entry: Entry; files: ArchivedFiles }[] = [];
    const attempts = await Promise.allSettled(batch.map((entry) => this.#writeFiles(entry)));
    let failure: unknown;
    for (const [index, attempt] of attempts.entries()) {
      const entry = batch[index];
      if (entry !== undefined && attempt.status === "fulfilled") kept.push({ entry, files: attempt.value });
      else if (attempt.status === "rejected") failure = attempt.reason;
    }
    try {
      if (kept.length > 0) await this.#csv?.append(kept.map(({ entry, files }) => this.#rowOf(entry, files)));
    } catch (thrown) {
      await Promise.all(kept.map(({ files }) => removeAll(files)));
      throw thrown;
    }
    for (const { entry, files } of kept) entry.resolve(files);
    if (failure !== undefined) throw toError(failure);
  }

  #rowOf({ event }: Entry, { images, raw }: ArchivedFiles): string[] {
    return eventRow(event, images.map(this.#relative), raw === undefined ? undefined : this.#relative(raw));
  }

  readonly #relative = (file: string): string =>
    path.relative(this.#options.folder, file).replaceAll(path.sep, "/");

  async #writeFiles({ event, raw }: Entry): Promise<ArchivedFiles> {
    const at = new Date(this.#clock.now());
    const { day } = dayAndTime(at);
    const name = this.#names.next(event, at);
    const files: ArchivedFiles = { images: [] };
    try {
      for (const [index, image] of ((this.#options.images ?? true) ? event.images : []).entries()) {
        if (image.data === undefined) continue;
        const file = `${name}-${index + 1}-${image.kind}.${imageExtension(image.mimeType)}`;
        files.images.push(await this.#keep(path.join(this.#folders.images, day, file), bytesOf(image)));
      }
      if (this.#options.raw === true && raw !== undefined) {
        files.raw = await this.#keep(path.join(this.#folders.raw, day, `${name}.${rawExtension(raw)}`), raw);
      }
      return files;
    } catch (thrown) {
      await removeAll(files);
      throw thrown;
    }
  }

  async #keep(file: string, data: Buffer): Promise<string> {
    await this.#storage.write(file, data);
    this.#bytes += data.length;
    return file;
  }

  /** @param force at once, whatever the time since the last clean-up */
  async #retain(force: boolean): Promise<void> {
    const { retainDays, maxBytes } = this.#options;
    if (retainDays === undefined && maxBytes === undefined) return;
    const now = this.#clock.now();
    const tooMuch = maxBytes !== undefined && this.#bytes > maxBytes;
    if (!force && !tooMuch && now < this.#nextRetention) return;
    this.#nextRetention = now + RETENTION_INTERVAL_MS;
    const limits = { retainDays, maxBytes };
    this.#bytes = await applyRetention(Object.values(this.#folders), this.#csv, limits, new Date(now));
  }

  #describe(thrown: unknown): SurveillanceError {
    const cause = toError(thrown) as NodeJS.ErrnoException;
    const { folder } = this.#options;
    if (FULL.has(cause.code ?? "")) {
      return new SurveillanceError("ARCHIVE_DISK_FULL", `The disk of the archive ${folder} is full.`, {
        cause,
        advice: "Make room, or let the archive keep less.",
      });
    }
    return new SurveillanceError(
      "ARCHIVE_WRITE_FAILED",
      `The archive ${folder} cannot be written: ${cause.message}.`,
      {
        cause,
        advice: "Check that the folder exists and that Node-RED may write to it.",
      },
    );
  }
}

/** What was written of an event that is not kept: nothing names it. */
async function removeAll({ images, raw }: ArchivedFiles): Promise<void> {
  await Promise.all(
    [...images, ...(raw === undefined ? [] : [raw])].map((file) => rm(file, { force: true })),
  );
}

/** A picture that went through a JSON step on its way is still its bytes. */
function bytesOf({ data }: EventImage): Buffer {
  return Buffer.from(data ?? []);
}
