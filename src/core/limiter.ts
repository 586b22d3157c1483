/** What waits for its turn. */
interface Waiting {
  start: () => void;
  fail: () => void;
}

/** What one user has waiting, and how to stop listening to its signal. */
interface Lane {
  waiting: Waiting[];
  leave: () => void;
}

export interface FairLimiterOptions {
  /** How many are at work at once. */
  concurrency: number;
  /** How many of one user wait at most. */
  pending: number;
}

/**
 * Lets so many be at work at once. The others wait, each user in a lane of its own; the lanes are served in turn, one
 * from each, so that whoever has much to do does not hold up whoever has little. The known libraries for this (p-limit,
 * p-queue, fastq) have one queue for all, and lanes are what this is about.
 */
export class FairLimiter {
  readonly #options: FairLimiterOptions;
  /** In the order in which they are served. */
  readonly #lanes = new Map<unknown, Lane>();
  #atWork = 0;

  constructor(options: FairLimiterOptions) {
    this.#options = options;
  }

  /** How many of one user wait at most. */
  get pending(): number {
    return this.#options.pending;
  }

  /** Whether a user's lane takes no more. */
  isFull(user: AbortSignal | undefined): boolean {
    return (this.#lanes.get(user)?.waiting.length ?? 0) >= this.#options.pending;
  }

  /**
   * Takes a place at work, which has to be given back by {@link leave}.
   *
   * @param user whose lane it waits in. All that waits there fails when the user gives up: one listener for thousands.
   * @param reason what it fails with then
   * @returns undefined where there was a place at once
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

  /** Gives a place back: to the lane whose turn it is. */
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

  /** Fails all that waits. */
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
