/** Runs tasks one after the other, in the order in which they are added. A failed task does not stop later tasks. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();
  #size = 0;

  /** Number of tasks that wait or run. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a task. It starts when all tasks before it are over, at the earliest in the next microtask.
   *
   * @returns the result of the task
   * @throws the error of the task
   */
  run<Result>(task: () => Result | Promise<Result>): Promise<Result> {
    this.#size += 1;
    const result = this.#last.then(task);
    const leave = (): void => {
      this.#size -= 1;
    };
    this.#last = result.then(leave, leave);
    return result;
  }

  /** Resolves when all tasks that were added so far are over. Never rejects. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
