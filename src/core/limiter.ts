/** A task that waits for its turn. */
interface Waiting {
  start: () => void;
  fail: () => void;
}

/** The waiting tasks of one user, and the function that stops listening to its signal. */
interface Lane {
  waiting: Waiting[];
  leave: () => void;
}

export interface FairLimiterOptions {
  /** The most tasks at work at once. */
  concurrency: number;
  /** The most waiting tasks of one user. */
  pending: number;
}

/**
 * Limits how many tasks are at work at once. The others wait, each user in a lane of its own. The lanes are served in
 * turn, one task from each, so that a user with many tasks does not delay a user with few. The known libraries (p-limit,
 * p-queue, fastq) have one queue for all users.
 */
export class FairLimiter {
  readonly #options: FairLimiterOptions;
  /** In the order of service. */
  readonly #lanes = new Map<unknown, Lane>();
  #atWork = 0;

  constructor(options: FairLimiterOptions) {
    this.#options = options;
  }

  /** The most waiting tasks of one user. */
  get pending(): number {
    return this.#options.pending;
  }

  /** Tells whether a user's lane is full. */
  isFull(user: AbortSignal | undefined): boolean {
    return (this.#lanes.get(user)?.waiting.length ?? 0) >= this.#options.pending;
  }

  /**
   * Takes a place at work. {@link leave} gives it back.
   *
   * @param user the owner of the lane. When it aborts, all tasks in the lane fail: one listener for thousands.
   * @param reason the error of these tasks
   * @returns undefined where a place was free at once
   */
  enter(user: AbortSignal | undefined, reason: () => Error): Promise<void> | undefined {
    if (this.#atWork < this.#options.concurrency) {
      this.#atWork += 1;
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

  /** Gives a place back. The next lane in turn gets it. */
  leave(): void {
    const [next] = this.#lanes;
    if (next === undefined) {
      this.#atWork -= 1;
      return;
    }
    const [user, lane] = next;
    this.#lanes.delete(user);
    const first = lane.waiting.shift();
    if (lane.waiting.length > 0) this.#lanes.set(user, lane);
    else lane.leave();
    first?.start();
  }

  /** Fails all waiting tasks. */
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
