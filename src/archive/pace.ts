import { setTimeout as wait } from "node:timers/promises";
import { steadyClock } from "../core/clock";

const STRETCH_MS = 5;
/** Of the time, work in the background leaves so many parts for each that it takes, while others work. */
const PARTS_LEFT = 3;
const MAX_PAUSE_MS = 100;

/** Keeps work in the background from holding up what is more urgent. */
export class Pace {
  readonly signal: AbortSignal;
  readonly #isBusy: () => boolean;
  #since = steadyClock.now();

  /** @param isBusy whether there is something more urgent now */
  constructor(signal: AbortSignal, isBusy: () => boolean) {
    this.signal = signal;
    this.#isBusy = isBusy;
  }

  /**
   * To be called at every small step.
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
