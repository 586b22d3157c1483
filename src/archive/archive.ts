import { steadyClock, systemClock, type Clock } from "../core/clock";
import { SurveillanceError, toError } from "../core/errors";
import { checkEvent, type ArchivableEvent } from "./check-event";
import { describeFailure } from "./failure";
import { ArchiveFolder, type ArchivedFiles } from "./folder";
import type { ArchiveOptions } from "./options";
import { Pace } from "./pace";
import { diskStorage } from "./storage";
import { TrustedTime } from "./trusted-time";

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
/** How long closing waits for the tidying up, before it is broken off. */
const MAX_TIDYING_MS = 1000;

/** From the start of the process on, so that a clock that is wrong when a flow is deployed is known to have jumped. */
const systemTime = new TrustedTime(systemClock, steadyClock);

/**
 * Keeps events: a row in events.csv, pictures under images/<date>/, raw bodies under raw/<date>/. An event is kept
 * completely, and on disk, when its promise resolves; rows are in the order of the calls. What is too old or too much
 * is deleted beside it.
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
  /** Whether it has to be measured how much there is. */
  #isDue = true;
  #isAsked = false;
  #isWriting = false;
  #closed = false;
  readonly #closing = new AbortController();
  readonly #breakOff = new AbortController();
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
   * Prepares the folder and tidies up, now and every hour: what is too old goes even when nothing new comes.
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

  /** Writes what is waiting, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.abort();
    this.#cancelTidying?.();
    await this.#running;
    const cancel = this.#clock.after(MAX_TIDYING_MS, () => {
      this.#breakOff.abort();
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

  /** A full disk may be one that this archive filled: the next event waits until there may be room. */
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
      // What kept the start from it was reported then; it may be over now.
      else this.start().catch(() => undefined);
    });
  }

  #tidyWhenDue(): void {
    if (this.#folder.isReady && (this.#isDue || this.#folder.isTooMuch)) void this.#tidy();
  }

  /** One round, and a further one if it was asked for meanwhile. */
  #tidy(): Promise<void> {
    this.#isAsked = true;
    this.#tidying ??= this.#tidyWhileAsked().finally(() => (this.#tidying = undefined));
    return this.#tidying;
  }

  async #tidyWhileAsked(): Promise<void> {
    const { signal } = this.#breakOff;
    const pace = new Pace(signal, () => this.#isWriting && !this.#folder.isFarTooMuch);
    while (this.#isAsked && !signal.aborted) {
      const measure = this.#isDue;
      this.#isDue = this.#isAsked = false;
      try {
        await this.#folder.tidy(measure, pace);
      } catch (thrown) {
        if (!this.#breakOff.signal.aborted) this.#options.onUntidy?.(this.#describeUntidy(thrown));
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
