/** The tolerance for jitter, and for a busy computer that reads late. */
const TOLERANCE_S = 10;
/** The comparison restarts after this time, because the clocks of camera and computer drift apart. */
const RENEW_MS = 60_000;

/**
 * Compares the timestamps of frames with the clock. The camera makes the timestamps: they jump when its clock is set or
 * its encoder restarts. A recording across such a jump would freeze, or last for days.
 */
export class TimestampWatch {
  readonly #limit: number;
  #seconds = 0;
  #time: number | undefined;

  /** @param stall the allowed seconds without frames */
  constructor(stall: number) {
    this.#limit = stall + TOLERANCE_S;
  }

  /**
   * Tells whether the timestamps have jumped.
   *
   * @param seconds the timestamp of the frame
   * @param time the arrival of the frame, in milliseconds
   */
  jumped(seconds: number, time: number): boolean {
    const drift = this.#drift(seconds, time);
    const age = time - (this.#time ?? -Infinity);
    if (age > Math.max(RENEW_MS, 3000 * this.#limit)) {
      this.#seconds = seconds;
      this.#time = time;
    }
    return Math.abs(drift) > this.#limit;
  }

  #drift(seconds: number, time: number): number {
    if (this.#time === undefined) return 0;
    return seconds - this.#seconds - (time - this.#time) / 1000;
  }
}
