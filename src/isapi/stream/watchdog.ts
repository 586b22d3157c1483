import type { Clock } from "../../core/clock";

export interface WatchdogOptions {
  clock: Clock;
  /**
   * Nothing came for so long that the device had better be asked; said again while it lasts.
   * @param missed as below
   */
  onQuiet?: (missed: boolean) => void;
  /**
   * Nothing came for too long.
   * @param missed heartbeats were missed; false: the device sends none, so that silence says little
   */
  onSilence: (seconds: number, missed: boolean) => void;
}

const MISSED_BEATS = 3;
const SHORTEST_MS = 30_000;
const WITHOUT_BEATS_MS = 5 * 60_000;
/**
 * When a device is asked: one that has a rhythm, after two beats, but not within what the slowest firmware takes for one,
 * to which some change over; and one that has none, every minute.
 */
const QUIET_BEATS = 2;
const SHORTEST_QUIET_MS = 15_000;
const QUIET_WITHOUT_BEATS_MS = 60_000;
/** A device that sends less than this sends nothing that can be read: the shortest heartbeat is longer. */
const LIFE_BYTES = 128;
const LIFE_WINDOW_MS = 10_000;
const KEPT_INTERVALS = 5;
/** Heartbeats that come closer than any firmware's rhythm are those of a recorder's channels: one beat. */
const AT_ONCE_MS = 200;
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
  #lastQuiet = 0;
  /** What came since then, as long as it is too little to count. */
  #drips = { since: 0, bytes: 0 };
  #cancel: () => void = () => undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#lastData = options.clock.now();
    this.#arm();
  }

  /**
   * @param bytes how many came; a drip of single bytes is not a sign of life
   * @returns whether it is
   */
  data(bytes = LIFE_BYTES): boolean {
    const now = this.#options.clock.now();
    if (now - this.#drips.since > LIFE_WINDOW_MS) this.#drips = { since: now, bytes: 0 };
    this.#drips.bytes += bytes;
    if (this.#drips.bytes < LIFE_BYTES) return false;
    this.#drips.bytes = 0;
    this.#lastData = now;
    return true;
  }

  beat(): void {
    const now = this.#options.clock.now();
    if (this.#lastBeat !== undefined && Math.abs(now - this.#lastBeat) < AT_ONCE_MS) return;
    if (this.#lastBeat !== undefined && now > this.#lastBeat) {
      this.#intervals = [...this.#intervals, now - this.#lastBeat].slice(-KEPT_INTERVALS);
      // The first rhythm shortens a wait that was set for a device without one.
      if (this.#intervals.length === ENOUGH_INTERVALS) this.#arm();
    }
    this.#lastBeat = now;
  }

  /** For how long nothing came. */
  get silentSeconds(): number {
    return Math.round((this.#options.clock.now() - this.#lastData) / 1000);
  }

  /** Whether anything came after that time. */
  heardSince(time: number): boolean {
    return this.#lastData > time;
  }

  stop(): void {
    this.#cancel();
  }

  get #hasRhythm(): boolean {
    return this.#intervals.length >= ENOUGH_INTERVALS;
  }

  get #rhythm(): number {
    const sorted = this.#intervals.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  get #patience(): number {
    return this.#hasRhythm ? Math.max(SHORTEST_MS, MISSED_BEATS * this.#rhythm) : WITHOUT_BEATS_MS;
  }

  get #quietAt(): number {
    const quiet = this.#hasRhythm
      ? Math.max(SHORTEST_QUIET_MS, QUIET_BEATS * this.#rhythm)
      : QUIET_WITHOUT_BEATS_MS;
    return Math.max(this.#lastData, this.#lastQuiet) + quiet;
  }

  #arm(): void {
    this.#cancel();
    const { clock, onQuiet, onSilence } = this.#options;
    const due = Math.min(this.#lastData + this.#patience, this.#quietAt);
    this.#cancel = clock.after(Math.max(1, due - clock.now()), () => {
      const silent = clock.now() - this.#lastData;
      if (silent >= this.#patience) {
        onSilence(Math.round(silent / 1000), this.#hasRhythm);
        return;
      }
      if (clock.now() >= this.#quietAt) {
        this.#lastQuiet = clock.now();
        onQuiet?.(this.#hasRhythm);
      }
      this.#arm();
    });
  }
}
