import { Serial } from "../../core/serial";

/** A lock that many hold at once, or one alone. */
export class SharedLock {
  readonly #holders = new Set<Promise<unknown>>();
  readonly #exclusive = new Serial();

  /** Begins when nobody holds the lock alone or waits for that. */
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

  /** Begins when all holders have ended. Nobody else begins before it ends. */
  exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#exclusive.run(async () => {
      await Promise.allSettled(this.#holders);
      return work();
    });
  }
}
