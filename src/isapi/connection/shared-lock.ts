import { Serial } from "../../core/serial";

/** A readers-writer lock: many tasks hold it shared, or one task holds it exclusively. */
export class SharedLock {
  readonly #holders = new Set<Promise<unknown>>();
  readonly #exclusive = new Serial();

  /** Runs the work when no task holds the lock exclusively or waits for that. */
  async shared<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#exclusive.size > 0) await this.#exclusive.settled();
    const result = work();
    this.#holders.add(result);
    try {
      return await result;
    } finally {
      this.#holders.delete(result);
    }
  }

  /** Runs the work when all other tasks have ended. No other task starts before it ends. */
  exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#exclusive.run(async () => {
      await Promise.allSettled(this.#holders);
      return work();
    });
  }
}
