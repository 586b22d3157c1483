import type { Clock } from "../../core/clock";

/** The most parts that wait. Each of them may be an image. */
const MAX_HELD = 100;

/** Queues the parts of a stream until a promise resolves, then passes them on in order. */
export class Gate {
  readonly #clock: Clock;
  readonly #failed: (thrown: unknown) => void;
  #held: (() => void)[] | undefined;
  #cancel: () => void = () => undefined;

  /** @param failed receives the error of a queued part; the other parts continue */
  constructor(clock: Clock, failed: (thrown: unknown) => void) {
    this.#clock = clock;
    this.#failed = failed;
  }

  /** @param until opens the gate and never rejects; after `longestMs`, the gate opens without it */
  close(until: Promise<void>, longestMs: number): void {
    if (this.#held !== undefined) return;
    this.#held = [];
    this.#cancel = this.#clock.after(longestMs, () => {
      this.open();
    });
    void until.then(() => {
      this.open();
    });
  }

  /** Calls `run` now, or when the gate opens. */
  pass(run: () => void): void {
    if (this.#held === undefined) {
      run();
      return;
    }
    this.#held.push(run);
    if (this.#held.length >= MAX_HELD) this.open();
  }

  /** Passes on all queued parts. */
  open(): void {
    this.#cancel();
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) {
      try {
        run();
      } catch (thrown) {
        this.#failed(thrown);
      }
    }
  }

  /** Drops all queued parts. */
  clear(): void {
    this.#cancel();
    this.#held = undefined;
  }
}
