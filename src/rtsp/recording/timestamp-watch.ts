/** Jitter, and what a busy computer reads late. */
const TOLERANCE_S = 10;
/** So often the comparison begins anew: the camera's crystal is not this computer's. */
const RENEW_MS = 60_000;

/**
 * Compares the time stamps of frames with the clock. They come from the camera, and jump when it is set to another
 * time or its encoder starts anew: a recording would then stand still, or last for days.
 */
export class TimestampWatch {
  readonly #limit: number;
  #seconds = 0;
  #time: number | undefined;

  /** @param stall seconds that a stream may stand still */
  constructor(stall: number) {
    this.#limit = stall + TOLERANCE_S;
  }

  /**
   * @param seconds the frame's time stamp
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
