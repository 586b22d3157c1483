import { setTimeout as wait } from "node:timers/promises";
import { steadyClock } from "../core/clock";

const STRETCH_MS = 5;
/** While others work, background work pauses this many times as long as it worked. */
const PARTS_LEFT = 3;
const MAX_PAUSE_MS = 100;

/** Keeps background work from delaying more urgent work. */
export class Pace {
  readonly signal: AbortSignal;
  readonly #isBusy: () => boolean;
  #since = steadyClock.now();

  /** @param isBusy whether there is more urgent work now */
  constructor(signal: AbortSignal, isBusy: () => boolean) {
    this.signal = signal;
    this.#isBusy = isBusy;
  }

  /**
   * Call it at every small step.
   * @throws {Error} AbortError
   */
  async step(): Promise<void> {
    this.signal.throwIfAborted();
    const worked = steadyClock.now() - this.#since;
    if (worked < STRETCH_MS) return;
    if (this.#isBusy())
      await wait(Math.min(worked * PARTS_LEFT, MAX_PAUSE_MS), undefined, { signal: this.signal });
    this.#since = steadyClock.now();
  }
}
