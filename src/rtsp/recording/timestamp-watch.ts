/** For jitter, and for a busy computer that reads late. */
const TOLERANCE_S = 10;
/** The comparison begins anew after this time, because the clocks of camera and computer drift apart. */
const RENEW_MS = 60_000;

/**
 * Compares the timestamps of frames with the clock. They come from the camera, and jump when its clock is set or its
 * encoder starts anew. A recording across such a jump would stand still, or last for days.
 */
export class TimestampWatch {
  readonly #limit: number;
  #seconds = 0;
  #time: number | undefined;

  /** @param stall seconds without frames that are allowed */
  constructor(stall: number) {
    this.#limit = stall + TOLERANCE_S;
  }

  /**
   * @param seconds the frame's timestamp
   * @param time epoch milliseconds of its arrival
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
