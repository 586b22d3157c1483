/** A pending task. */
interface Waiting {
  start: () => void;
  fail: () => void;
}

/** The pending tasks of one user, and the function that removes the listener from the user's signal. */
interface Lane {
  waiting: Waiting[];
  leave: () => void;
}

export interface FairLimiterOptions {
  /** Maximum number of running tasks. */
  concurrency: number;
  /** Maximum number of pending tasks of one user. */
  pending: number;
}

/**
 * Limits the number of tasks that run at once. The other tasks wait in a separate lane for each user. The lanes are
 * served in turn, one task from each. So a user with many tasks does not delay a user with few. The known libraries
 * (p-limit, p-queue, fastq) have one queue for all users.
 */
export class FairLimiter {
  readonly #options: FairLimiterOptions;
  /** In the order in which the lanes are served. */
  readonly #lanes = new Map<unknown, Lane>();
  #running = 0;

  constructor(options: FairLimiterOptions) {
    this.#options = options;
  }

  /** Maximum number of pending tasks of one user. */
  get pending(): number {
    return this.#options.pending;
  }

  /** Tells whether a user's lane is full. */
  isFull(user: AbortSignal | undefined): boolean {
    return (this.#lanes.get(user)?.waiting.length ?? 0) >= this.#options.pending;
  }

  /**
   * Reserves a slot for a task. {@link leave} releases it.
   *
   * @param user the owner of the lane. When it aborts, all tasks in the lane fail; they share one listener.
   * @param reason the error of these tasks
   * @returns undefined if a slot was free at once
   */
  enter(user: AbortSignal | undefined, reason: () => Error): Promise<void> | undefined {
    if (this.#running < this.#options.concurrency) {
      this.#running += 1;
      return undefined;
    }
    const lane = this.#lanes.get(user) ?? this.#addLane(user);
    return new Promise((resolve, reject) => {
      lane.waiting.push({
        start: resolve,
        fail: () => {
          reject(reason());
        },
      });
    });
  }

  /** Releases a slot. The next lane in turn gets it. */
  leave(): void {
    const [next] = this.#lanes;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    const [user, lane] = next;
    this.#lanes.delete(user);
    const first = lane.waiting.shift();
    if (lane.waiting.length > 0) this.#lanes.set(user, lane);
    else lane.leave();
    first?.start();
  }

  /** Fails all pending tasks. */
  clear(): void {
    for (const user of [...this.#lanes.keys()]) this.#clear(user);
  }

  #addLane(user: AbortSignal | undefined): Lane {
    const clear = (): void => {
      this.#clear(user);
    };
    user?.addEventListener("abort", clear);
    const lane = { waiting: [], leave: () => user?.removeEventListener("abort", clear) };
    this.#lanes.set(user, lane);
    return lane;
  }

  #clear(user: unknown): void {
    const lane = this.#lanes.get(user);
    this.#lanes.delete(user);
    lane?.leave();
    for (const { fail } of lane?.waiting ?? []) fail();
  }
}
