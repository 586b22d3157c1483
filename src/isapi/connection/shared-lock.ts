/** A lock that many hold at once, or one alone. */
export class SharedLock {
  readonly #holders = new Set<Promise<unknown>>();
  #exclusive: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Begins when nobody holds the lock alone or waits for that. */
  async shared<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#waiting > 0) await this.#exclusive;
    const result = work();
    this.#holders.add(result);
    try {
      return await result;
    } finally {
      this.#holders.delete(result);
    }
  }

  /** Begins when all holders have ended. Nobody else begins before it ends. */
  async exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const turn = this.#exclusive.then(async () => {
      await Promise.allSettled(this.#holders);
      return work();
    });
    this.#exclusive = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}
