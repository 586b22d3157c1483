import type { AccessUnit, Clip } from "./clip";
import type { Coding } from "./coding";
import { CLOCK_RATE } from "./rtp";

/** One frame of the live stream, the same for every client. */
export interface LiveFrame {
  unit: AccessUnit;
  coding: Coding;
  /** Counts from 0 over all repetitions of the clip. */
  index: number;
  /** The number of the frame in the clip. */
  clipIndex: number;
  /** 90 kHz */
  timestamp: number;
}

/**
 * Plays clips in an endless loop at their own rate. Late timers do not add up, because each frame has its due time.
 * After a longer pause, the timeline continues at the current time.
 */
export class LiveVideo {
  #clip: Clip;
  readonly #send: (frame: LiveFrame) => void;
  #timer: NodeJS.Timeout | undefined;
  #index = 0;
  #clipIndex = 0;
  #timestamp = 0;
  #due = 0;

  constructor(clip: Clip, send: (frame: LiveFrame) => void) {
    this.#clip = clip;
    this.#send = send;
  }

  get clip(): Clip {
    return this.#clip;
  }

  /** Switches to the first frame of another clip, on the same timeline, like a camera that changes its resolution. */
  switchTo(clip: Clip): void {
    this.#clip = clip;
    this.#clipIndex = 0;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#due = performance.now();
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    const now = performance.now();
    if (now - this.#due > 1000) this.#due = now;
    this.#timer = setTimeout(
      () => {
        this.#next();
      },
      Math.max(0, this.#due - now),
    );
  }

  #next(): void {
    const clipIndex = this.#clipIndex;
    const unit = this.#clip.units[clipIndex];
    if (unit === undefined) throw new Error("the clip is empty");
    this.#send({
      unit,
      coding: this.#clip.coding,
      index: this.#index,
      clipIndex,
      timestamp: Math.round(this.#timestamp),
    });
    this.#index++;
    this.#clipIndex = (clipIndex + 1) % this.#clip.units.length;
    this.#timestamp += CLOCK_RATE / this.#clip.fps;
    this.#due += 1000 / this.#clip.fps;
    this.#schedule();
  }
}
