import type { Clock } from "../../core/clock";

/** How many parts of a stream wait at most: at worst, each is an image. */
const MAX_HELD = 100;

/** Holds back the parts of a stream until something is known, then passes them on in their order. */
export class Gate {
  readonly #clock: Clock;
  readonly #failed: (thrown: unknown) => void;
  #held: (() => void)[] | undefined;
  #cancel: () => void = () => undefined;

  /** @param failed receives the error of a part that waited; the others go on */
  constructor(clock: Clock, failed: (thrown: unknown) => void) {
    this.#clock = clock;
    this.#failed = failed;
  }

  /** @param until never rejects; after `longestMs` the gate opens without it */
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

  /** Runs it now, or once the gate is open. */
  pass(run: () => void): void {
    if (this.#held === undefined) {
      run();
      return;
    }
    this.#held.push(run);
    if (this.#held.length >= MAX_HELD) this.open();
  }

  /** Passes on everything that waits. */
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

  /** Drops everything that waits. */
  clear(): void {
    this.#cancel();
    this.#held = undefined;
  }
}
