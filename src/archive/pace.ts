import { setTimeout as wait } from "node:timers/promises";
import { steadyClock } from "../core/clock";

const STRETCH_MS = 5;
/** While urgent work runs, background work pauses this many times as long as it worked. */
const PARTS_LEFT = 3;
const MAX_PAUSE_MS = 100;

/** Keeps background work from delaying more urgent work. */
export class Pace {
  readonly signal: AbortSignal;
  readonly #isBusy: () => boolean;
  #since = steadyClock.now();

  /** @param isBusy tells whether more urgent work runs now */
  constructor(signal: AbortSignal, isBusy: () => boolean) {
    this.signal = signal;
    this.#isBusy = isBusy;
  }

  /**
   * Pauses if necessary. Call it at every small step.
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
