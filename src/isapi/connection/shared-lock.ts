/** Lets many work at once, or one alone. */
export class Turns {
  readonly #together = new Set<Promise<unknown>>();
  #alone: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Begins when nobody works alone or waits for it. */
  async together<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#waiting > 0) await this.#alone;
    const result = work();
    this.#together.add(result);
    try {
      return await result;
    } finally {
      this.#together.delete(result);
    }
  }

  /** Begins when all who work have ended; nobody else begins before its end. */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const turn = this.#alone.then(async () => {
      await Promise.allSettled(this.#together);
      return work();
    });
    this.#alone = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}
