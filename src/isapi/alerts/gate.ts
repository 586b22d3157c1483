import type { Clock } from "../../core/clock";

/** Parts of a stream that wait at most: a picture each, at worst. */
const MAX_HELD = 100;

/** Holds back what comes in until something is known, and lets it go on in its order. */
export class Gate {
  readonly #clock: Clock;
  readonly #failed: (thrown: unknown) => void;
  #held: (() => void)[] | undefined;
  #giveUp: () => void = () => undefined;

  /** @param failed is told what one of those that waited throws; the others go on */
  constructor(clock: Clock, failed: (thrown: unknown) => void) {
    this.#clock = clock;
    this.#failed = failed;
  }

  /** @param until never rejects; what is not known by then is not waited for any longer */
  close(until: Promise<void>, longestMs: number): void {
    if (this.#held !== undefined) return;
    this.#held = [];
    this.#giveUp = this.#clock.after(longestMs, () => {
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

  /** Lets everything go on that waits. */
  open(): void {
    this.#giveUp();
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

  /** Forgets what waits. */
  clear(): void {
    this.#giveUp();
    this.#held = undefined;
  }
}
