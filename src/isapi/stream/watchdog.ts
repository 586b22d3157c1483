import type { Clock } from "../../clock";

export interface WatchdogOptions {
  clock: Clock;
  /**
   * Nothing came for too long.
   * @param missed heartbeats were missed; false: the device sends none, so that silence says little
   */
  onSilence: (seconds: number, missed: boolean) => void;
}

const MISSED_BEATS = 3;
const SHORTEST_MS = 30_000;
const WITHOUT_BEATS_MS = 5 * 60_000;
/** A device that sends less than this sends nothing that can be read: the shortest heartbeat is longer. */
const LIFE_BYTES = 128;
const LIFE_WINDOW_MS = 10_000;
const KEPT_INTERVALS = 5;
/** Two intervals are a rhythm. */
const ENOUGH_INTERVALS = 2;

/**
 * Tells a silent stream from a quiet one by the heartbeat's own rhythm: firmware beats every 0.3 to 10 s, or not at
 * all. Any data counts as life.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #intervals: number[] = [];
  #lastBeat: number | undefined;
  #lastData: number;
  /** What came since then, as long as it is too little to count. */
  #drips = { since: 0, bytes: 0 };
  #cancel: () => void = () => undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#lastData = options.clock.now();
    this.#arm();
  }

  /** @param bytes how many came; a drip of single bytes is no life */
  data(bytes = LIFE_BYTES): void {
    const now = this.#options.clock.now();
    if (now - this.#drips.since > LIFE_WINDOW_MS) this.#drips = { since: now, bytes: 0 };
    this.#drips.bytes += bytes;
    if (this.#drips.bytes < LIFE_BYTES) return;
    this.#drips.bytes = 0;
    this.#lastData = now;
  }

  beat(): void {
    const now = this.#options.clock.now();
    if (this.#lastBeat !== undefined && now > this.#lastBeat) {
      this.#intervals = [...this.#intervals, now - this.#lastBeat].slice(-KEPT_INTERVALS);
      // The first rhythm shortens a wait that was set for a device without one.
      if (this.#intervals.length === ENOUGH_INTERVALS) this.#arm();
    }
    this.#lastBeat = now;
  }

  stop(): void {
    this.#cancel();
  }

  get #hasRhythm(): boolean {
    return this.#intervals.length >= ENOUGH_INTERVALS;
  }

  get #patience(): number {
    if (!this.#hasRhythm) return WITHOUT_BEATS_MS;
    const sorted = this.#intervals.toSorted((a, b) => a - b);
    return Math.max(SHORTEST_MS, MISSED_BEATS * (sorted[Math.floor(sorted.length / 2)] ?? 0));
  }

  #arm(): void {
    this.#cancel();
    const { clock, onSilence } = this.#options;
    const left = this.#lastData + this.#patience - clock.now();
    this.#cancel = clock.after(Math.max(1, left), () => {
      const silent = clock.now() - this.#lastData;
      if (silent >= this.#patience) onSilence(Math.round(silent / 1000), this.#hasRhythm);
      else this.#arm();
    });
  }
}
