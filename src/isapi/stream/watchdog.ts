import type { Clock } from "../../core/clock";

export interface WatchdogOptions {
  clock: Clock;
  /**
   * Called when nothing has arrived for long enough to send the device a request. Repeated while this lasts.
   *
   * @param missed as below
   */
  onQuiet?: (missed: boolean) => void;
  /**
   * Called when nothing has arrived for too long.
   *
   * @param missed whether heartbeats are missing; false: the device sends none, so silence may be normal
   */
  onSilence: (seconds: number, missed: boolean) => void;
}

const MISSED_BEATS = 3;
const SHORTEST_MS = 30_000;
const WITHOUT_BEATS_MS = 5 * 60_000;
/**
 * The quiet time: two beats for a device with a rhythm, and a minute for a device without one. It is longer than the
 * slowest rhythm of any firmware, because some firmware changes its rhythm.
 */
const QUIET_BEATS = 2;
const SHORTEST_QUIET_MS = 15_000;
const QUIET_WITHOUT_BEATS_MS = 60_000;
/** Fewer bytes are not a sign of life: the shortest heartbeat is longer. */
const LIFE_BYTES = 128;
const LIFE_WINDOW_MS = 10_000;
const KEPT_INTERVALS = 5;
/** Closer heartbeats come from several channels of a recorder, and count as one. No firmware has such a rhythm. */
const SAME_BEAT_MS = 200;
/** The fewest intervals that make a rhythm. */
const ENOUGH_INTERVALS = 2;

/**
 * Distinguishes a silent stream from a quiet one by the rhythm of its heartbeats: firmware sends them every 0.3 to 10
 * s, or not at all. Any data counts as a sign of life.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #intervals: number[] = [];
  #lastBeat: number | undefined;
  #lastData: number;
  #lastQuiet = 0;
  /** Bytes that are too few for a sign of life, and the time since they count. */
  #drips = { since: 0, bytes: 0 };
  #cancel: () => void = () => undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#lastData = options.clock.now();
    this.#arm();
  }

  /**
   * Notes received data.
   *
   * @param bytes their number; a drip of single bytes is not a sign of life
   * @returns whether the data is a sign of life
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

  /** Notes a heartbeat. */
  beat(): void {
    const now = this.#options.clock.now();
    if (this.#lastBeat !== undefined && Math.abs(now - this.#lastBeat) < SAME_BEAT_MS) return;
    if (this.#lastBeat !== undefined && now > this.#lastBeat) {
      this.#intervals = [...this.#intervals, now - this.#lastBeat].slice(-KEPT_INTERVALS);
      // The first rhythm shortens the timeout, which was that of a device without one.
      if (this.#intervals.length === ENOUGH_INTERVALS) this.#arm();
    }
    this.#lastBeat = now;
  }

  /** The seconds since the last data. */
  get silentSeconds(): number {
    return Math.round((this.#options.clock.now() - this.#lastData) / 1000);
  }

  /** Tells whether data has arrived after a time. */
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

  get #timeoutMs(): number {
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
    const due = Math.min(this.#lastData + this.#timeoutMs, this.#quietAt);
    this.#cancel = clock.after(Math.max(1, due - clock.now()), () => {
      const silent = clock.now() - this.#lastData;
      if (silent >= this.#timeoutMs) {
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
