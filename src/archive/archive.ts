import { steadyClock, systemClock, type Clock } from "../core/clock";
import { SurveillanceError, toError } from "../core/errors";
import { checkEvent, type ArchivableEvent } from "./check-event";
import { ArchiveFolder, type ArchivedFiles, type FolderOptions } from "./folder";
import { Pace } from "./pace";
import { diskStorage, type Storage } from "./storage";
import { TrustedTime } from "./retention/trusted-time";

export interface ArchiveOptions extends FolderOptions {
  /** Called when deleting expired files fails. No event is lost, but the archive exceeds its limits. */
  onTidyFailed?: (error: SurveillanceError) => void;
  storage?: Storage;
  clock?: Clock;
  /** A clock that is never set. Default: `clock`, so that a test moves both at once. */
  steady?: Clock;
}

interface Entry {
  event: ArchivableEvent;
  raw: Buffer | undefined;
  bytes: number;
  resolve: (files: ArchivedFiles) => void;
  reject: (error: SurveillanceError) => void;
}

const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 256 * 1024 * 1024;
/** Events that are written together: one append and one flush of the table for all of them. */
const MAX_BATCH = 64;
const TIDY_INTERVAL_MS = 60 * 60 * 1000;
/** Minimum interval between counts of all files on a full disk. */
const FULL_INTERVAL_MS = 60 * 1000;
/** The longest time that closing waits before it aborts tidying. */
const MAX_TIDYING_MS = 1000;
/** The system's codes for a full disk or an exhausted quota. */
const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** Observes the clock from the start of the process, so that a jump before a deploy is known. */
const systemTime = new TrustedTime(systemClock, steadyClock);

/**
 * Stores events: a row in events.csv, images under images/<date>/, raw bodies under raw/<date>/. When the promise of an
 * event resolves, the whole event is on disk. Rows are in the order of the calls. Retention deletes expired files in
 * the background.
 */
export class EventArchive {
  readonly #options: ArchiveOptions;
  readonly #folder: ArchiveFolder;
  readonly #clock: Clock;
  readonly #steady: Clock;
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  #tidying: Promise<void> | undefined;
  /** Whether the next tidying counts all files again. */
  #isDue = true;
  #isRequested = false;
  #isWriting = false;
  #closed = false;
  readonly #closing = new AbortController();
  readonly #aborting = new AbortController();
  #fullAt = -Infinity;
  #cancelTidying: (() => void) | undefined;

  constructor(options: ArchiveOptions) {
    const { clock, steady = clock ?? steadyClock, storage = diskStorage } = options;
    const time = clock === undefined ? systemTime : new TrustedTime(clock, steady);
    this.#options = options;
    this.#clock = clock ?? systemClock;
    this.#steady = steady;
    this.#folder = new ArchiveFolder(options, { clock: this.#clock, steady, storage, time });
  }

  /**
   * Prepares the folder, and tidies it now and every hour, so that old files are deleted even without new events.
   *
   * @throws {SurveillanceError} ARCHIVE_IN_USE, ARCHIVE_DISK_FULL, ARCHIVE_WRITE_FAILED
   */
  async start(): Promise<void> {
    try {
      await this.#prepare();
      this.#tidyWhenDue();
    } catch (thrown) {
      throw describeFailure(this.#options.folder, thrown);
    }
  }

  /**
   * Stores an event.
   *
   * @param payload a common event
   * @param raw the body as received, stored if the archive stores raw bodies
   * @throws {SurveillanceError} ARCHIVE_EVENT_INVALID, ARCHIVE_IN_USE, ARCHIVE_DISK_FULL, ARCHIVE_WRITE_FAILED (the
   *   next event is a new attempt), QUEUE_FULL if the disk is slower than the events, CLOSED
   */
  append(payload: unknown, raw?: Buffer): Promise<ArchivedFiles> {
    return new Promise((resolve, reject) => {
      const event = checkEvent(payload);
      const bytes = event.images.reduce((sum, { data }) => sum + (data?.length ?? 0), raw?.length ?? 0);
      if (this.#closed) {
        reject(new SurveillanceError("CLOSED", "The archive is closed."));
      } else if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
        reject(
          new SurveillanceError(
            "QUEUE_FULL",
            `The archive queue is full (${this.#waiting.length} events): the disk is too slow.`,
          ),
        );
      } else {
        this.#waiting.push({ event, raw, bytes, resolve, reject });
        this.#waitingBytes += bytes;
        this.#running ??= this.#run();
      }
    });
  }

  /** Writes the pending events and refuses further ones. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.abort();
    this.#cancelTidying?.();
    await this.#running;
    const cancel = this.#clock.after(MAX_TIDYING_MS, () => {
      this.#aborting.abort();
    });
    await this.#tidying;
    cancel();
    await this.#folder.release();
  }

  async #run(): Promise<void> {
    // All events of the same turn of the event loop belong to the first batch.
    await new Promise(setImmediate);
    do {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      if (await this.#writeBatch(batch)) await this.#freeSpace();
      this.#tidyWhenDue();
    } while (this.#waiting.length > 0);
    // In the same turn as the check of the queue, so that no event remains in it.
    this.#running = undefined;
  }

  /** Writes events. Returns whether the disk is full. */
  async #writeBatch(batch: readonly Entry[]): Promise<boolean> {
    this.#isWriting = true;
    const codes = new Set<string>();
    const fail = ({ reject }: Entry, thrown: unknown): void => {
      const error = describeFailure(this.#options.folder, thrown);
      codes.add(error.code);
      reject(error);
    };
    try {
      await this.#prepare();
      await this.#folder.write(batch, fail);
    } catch (thrown) {
      for (const entry of batch) fail(entry, thrown);
    } finally {
      for (const { bytes } of batch) this.#waitingBytes -= bytes;
      this.#isWriting = false;
    }
    return codes.has("ARCHIVE_DISK_FULL");
  }

  /** Tidies on a full disk, which this archive may have filled. The next event waits for it. */
  async #freeSpace(): Promise<void> {
    const now = this.#steady.now();
    if (now - this.#fullAt >= FULL_INTERVAL_MS) {
      this.#fullAt = now;
      this.#isDue = true;
    } else if (this.#tidying === undefined && !this.#folder.isOverLimit) return;
    await this.#tidy();
  }

  async #prepare(): Promise<void> {
    this.#cancelTidying ??= this.#everyHour();
    await this.#folder.prepare(this.#closing.signal);
  }

  #everyHour(): () => void {
    return this.#clock.after(TIDY_INTERVAL_MS, () => {
      this.#cancelTidying = this.#everyHour();
      this.#isDue = true;
      if (this.#folder.isReady) this.#tidyWhenDue();
      // The failure of the first start was reported. Its cause may have ended.
      else this.start().catch(() => undefined);
    });
  }

  #tidyWhenDue(): void {
    if (this.#folder.isReady && (this.#isDue || this.#folder.isOverLimit)) void this.#tidy();
  }

  /** Runs one round, and another one if it was requested meanwhile. */
  #tidy(): Promise<void> {
    this.#isRequested = true;
    this.#tidying ??= this.#tidyWhileRequested().finally(() => (this.#tidying = undefined));
    return this.#tidying;
  }

  async #tidyWhileRequested(): Promise<void> {
    const { signal } = this.#aborting;
    const pace = new Pace(signal, () => this.#isWriting && !this.#folder.isFarOverLimit);
    while (this.#isRequested && !signal.aborted) {
      const measure = this.#isDue;
      this.#isDue = this.#isRequested = false;
      try {
        await this.#folder.tidy(measure, pace);
      } catch (thrown) {
        if (!this.#aborting.signal.aborted) this.#options.onTidyFailed?.(this.#tidyError(thrown));
      }
    }
  }

  #tidyError(thrown: unknown): SurveillanceError {
    const { message } = toError(thrown);
    return new SurveillanceError(
      "ARCHIVE_WRITE_FAILED",
      `Some expired files in the archive ${this.#options.folder} could not be deleted: ${message}.`,
      {
        cause: thrown,
        advice: "Check the permissions of the folder. The archive tries again within an hour.",
      },
    );
  }
}

/** Converts an error of writing to an error of the package. */
function describeFailure(folder: string, thrown: unknown): SurveillanceError {
  if (thrown instanceof SurveillanceError) return thrown;
  const cause = toError(thrown) as NodeJS.ErrnoException;
  if (cause.name === "AbortError") {
    return new SurveillanceError("CLOSED", `The archive was closed while ${folder} was still in use.`);
  }
  if (FULL.has(cause.code ?? "")) {
    return new SurveillanceError("ARCHIVE_DISK_FULL", `The disk of the archive ${folder} is full.`, {
      cause,
      advice: "Free some space, or reduce what the archive keeps.",
    });
  }
  const message = `The archive ${folder} cannot be written: ${cause.message}.`;
  return new SurveillanceError("ARCHIVE_WRITE_FAILED", message, {
    cause,
    advice: "Check that the folder exists and that Node-RED may write to it.",
  });
}
