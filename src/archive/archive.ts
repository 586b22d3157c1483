import { steadyClock, systemClock, type Clock } from "../core/clock";
import { SurveillanceError, toError } from "../core/errors";
import { checkEvent, type ArchivableEvent } from "./check-event";
import { ArchiveFolder, type ArchivedFiles, type FolderOptions } from "./folder";
import { Pace } from "./pace";
import { diskStorage, type Storage } from "./storage";
import { TrustedTime } from "./retention/trusted-time";

export interface ArchiveOptions extends FolderOptions {
  /** Called with what keeps the archive from tidying up: no event is lost by it, but more is kept than wanted. */
  onUntidy?: (error: SurveillanceError) => void;
  storage?: Storage;
  clock?: Clock;
  /** Its time is never set. Default: the one given as clock, so that a test moves both at once. */
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
/** Events written together: one append and one flush of the table for all of them. */
const MAX_BATCH = 64;
const TIDY_INTERVAL_MS = 60 * 60 * 1000;
/** On a full disk, not every event counts everything again. */
const FULL_INTERVAL_MS = 60 * 1000;
/** How long closing waits for the tidying before it aborts it. */
const MAX_TIDYING_MS = 1000;
/** The system's codes for a full disk or a used-up quota. */
const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** Watches from the start of the process, so that a clock that is wrong at the time of a deploy is known to have jumped. */
const systemTime = new TrustedTime(systemClock, steadyClock);

/**
 * Keeps events: a row in events.csv, images under images/<date>/, raw bodies under raw/<date>/. When the promise of an
 * event resolves, all of it is on disk. Rows are in the order of the calls. Retention deletes what is too old or too
 * much meanwhile.
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
  /** Whether the next tidying counts all files. */
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
   * Prepares the folder and tidies up, now and every hour, so that old files go even when no event comes.
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
   * @param payload a common event
   * @param raw the body as received, kept if the archive keeps raw bodies
   * @throws {SurveillanceError} ARCHIVE_EVENT_INVALID, ARCHIVE_IN_USE, ARCHIVE_DISK_FULL, ARCHIVE_WRITE_FAILED (the next
   *   event is tried anew), QUEUE_FULL when events come faster than the disk takes them, CLOSED
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

  /** Writes the events that are waiting. Further events are refused. */
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
    // Let everything that arrives in the same turn of the event loop into the first batch.
    await new Promise(setImmediate);
    do {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      if (await this.#writeBatch(batch)) await this.#makeRoom();
      this.#tidyWhenDue();
    } while (this.#waiting.length > 0);
    // In the same turn as the last look at the queue, so that no event is left waiting in it.
    this.#running = undefined;
  }

  /** @returns whether the disk is full */
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

  /** This archive itself may have filled the disk: the next event waits until there may be room. */
  async #makeRoom(): Promise<void> {
    const now = this.#steady.now();
    if (now - this.#fullAt >= FULL_INTERVAL_MS) {
      this.#fullAt = now;
      this.#isDue = true;
    } else if (this.#tidying === undefined && !this.#folder.isTooMuch) return;
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
      // The failure of the first start was reported. Its cause may be gone now.
      else this.start().catch(() => undefined);
    });
  }

  #tidyWhenDue(): void {
    if (this.#folder.isReady && (this.#isDue || this.#folder.isTooMuch)) void this.#tidy();
  }

  /** One round, and another if one was requested meanwhile. */
  #tidy(): Promise<void> {
    this.#isRequested = true;
    this.#tidying ??= this.#tidyWhileRequested().finally(() => (this.#tidying = undefined));
    return this.#tidying;
  }

  async #tidyWhileRequested(): Promise<void> {
    const { signal } = this.#aborting;
    const pace = new Pace(signal, () => this.#isWriting && !this.#folder.isFarTooMuch);
    while (this.#isRequested && !signal.aborted) {
      const measure = this.#isDue;
      this.#isDue = this.#isRequested = false;
      try {
        await this.#folder.tidy(measure, pace);
      } catch (thrown) {
        if (!this.#aborting.signal.aborted) this.#options.onUntidy?.(this.#describeUntidy(thrown));
      }
    }
  }

  #describeUntidy(thrown: unknown): SurveillanceError {
    const { message } = toError(thrown);
    return new SurveillanceError(
      "ARCHIVE_WRITE_FAILED",
      `Not all that is too old or too much in the archive ${this.#options.folder} could be deleted: ${message}.`,
      { cause: thrown, advice: "It is tried again within the hour. Check the permissions of the folder." },
    );
  }
}

/** What keeps an archive from writing, as an error of the package. */
function describeFailure(folder: string, thrown: unknown): SurveillanceError {
  if (thrown instanceof SurveillanceError) return thrown;
  const cause = toError(thrown) as NodeJS.ErrnoException;
  if (cause.name === "AbortError") {
    return new SurveillanceError("CLOSED", `The archive was closed before ${folder} was free.`);
  }
  if (FULL.has(cause.code ?? "")) {
    return new SurveillanceError("ARCHIVE_DISK_FULL", `The disk of the archive ${folder} is full.`, {
      cause,
      advice: "Make room, or let the archive keep less.",
    });
  }
  const message = `The archive ${folder} cannot be written: ${cause.message}.`;
  return new SurveillanceError("ARCHIVE_WRITE_FAILED", message, {
    cause,
    advice: "Check that the folder exists and that Node-RED may write to it.",
  });
}
