import { SurveillanceError } from "../../core/errors";
import type { Change } from "./database";

/** One unit of a commit. */
export interface Job<Result> {
  /**
   * Returns the changes, given all jobs before it. It may change the state in memory.
   * @throws {SurveillanceError} the job is not done; the others of its group are
   */
  prepare(): { changes: Change[]; result: Result };
  /** Called when the commit failed: restores the state in memory. */
  undo?(): void;
  /** The approximate number of bytes. */
  size: number;
  /** Whether the changes must survive a power cut. */
  toDisk: boolean;
}

interface Waiting {
  job: Job<unknown>;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

/** The most that one commit writes at once: a larger one delays all that wait for it. */
const GROUP_BYTES = 8 * 1024 * 1024;
const GROUP_JOBS = 1000;
/** The most that waits for a disk. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/** Writes jobs in their order, all that wait at one time in one commit: they share the flush to the disk. */
export class Commits {
  readonly #write: (changes: Change[], toDisk: boolean) => Promise<void>;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;

  /** @param write rejects if nothing or an unknown part was written */
  constructor(write: (changes: Change[], toDisk: boolean) => Promise<void>) {
    this.#write = write;
  }

  /**
   * Adds a job. Resolves when its changes are written.
   * @throws {SurveillanceError} QUEUE_FULL; of the job; of the commit
   */
  async run<Result>(job: Job<Result>): Promise<Result> {
    if (this.#waitingBytes + job.size > MAX_WAITING_BYTES) {
      throw new SurveillanceError("QUEUE_FULL", "The disk of the event store is slower than the messages.", {
        advice: "Use a faster disk, or store fewer pictures.",
      });
    }
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ job, resolve: resolve as Waiting["resolve"], reject });
      this.#waitingBytes += job.size;
      this.#running ??= this.#runAll();
    });
  }

  /** Resolves when nothing waits. Never rejects. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #runAll(): Promise<void> {
    // Jobs of the same moment belong to the first commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#runGroup(this.#take());
    this.#running = undefined;
  }

  #take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { job } of this.#waiting) {
      if (count > 0 && (bytes + job.size > GROUP_BYTES || count >= GROUP_JOBS)) break;
      bytes += job.size;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #runGroup(group: Waiting[]): Promise<void> {
    const changes: Change[] = [];
    const done: (Waiting & { result: unknown })[] = [];
    let toDisk = false;
    for (const waiting of group) {
      try {
        const prepared = waiting.job.prepare();
        for (const change of prepared.changes) changes.push(change);
        if (prepared.changes.length > 0) toDisk ||= waiting.job.toDisk;
        done.push({ ...waiting, result: prepared.result });
      } catch (error) {
        waiting.reject(error);
      }
    }
    try {
      if (changes.length > 0) await this.#write(changes, toDisk);
      for (const { resolve, result } of done) resolve(result);
    } catch (error) {
      for (const { job } of done.toReversed()) job.undo?.();
      for (const { reject } of done) reject(error);
    }
  }
}
