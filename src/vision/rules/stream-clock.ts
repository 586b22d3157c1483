/** When a frame was taken. */
export interface FrameMoment {
  /** ISO 8601 with offset */
  time: string;
  /** On a clock of the camera's own that never goes back: seconds of video since its first frame. */
  seconds: number;
}

/** Frames may overtake each other by a little; further back than this, a recording was started again. */
const REORDERED_MS = 10_000;

/**
 * Turns the times of a camera's frames into a clock to measure by. It runs with the video and not with the wall, so that
 * a recording gives the same events however fast it is played; it holds still for frames out of order, and goes on from
 * where it was when a recording starts again.
 */
export class StreamClock {
  #latest: number | undefined;
  #arrivedAt = 0;
  #seconds = 0;

  get seconds(): number {
    return this.#seconds;
  }

  /** ISO 8601: the time of the video `later` seconds after the latest frame. */
  timeAfter(later: number): string {
    return new Date((this.#latest ?? 0) + later * 1000).toISOString();
  }

  /**
   * @param given the frame's time, normally ISO 8601 text; what cannot be read as a time is taken as `now`
   * @param now milliseconds since the epoch
   */
  next(given: unknown, now: number): FrameMoment {
    const taken = millisecondsOf(given) ?? now;
    // The same time again says nothing (a test message sent twice): then the wall clock tells how long it was.
    const step = taken === this.#latest ? now - this.#arrivedAt : taken - (this.#latest ?? taken);
    this.#arrivedAt = now;
    if (step >= 0 || step < -REORDERED_MS) this.#latest = taken;
    this.#seconds += Math.max(0, step) / 1000;
    return { time: hasOffset(given) ? given : new Date(taken).toISOString(), seconds: this.#seconds };
  }
}

function millisecondsOf(given: unknown): number | undefined {
  if (typeof given !== "string" && typeof given !== "number" && !(given instanceof Date)) return undefined;
  const milliseconds = new Date(given).getTime();
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function hasOffset(given: unknown): given is string {
  return (
    typeof given === "string" && /T.*(Z|[+-]\d\d:?\d\d)$/i.test(given) && millisecondsOf(given) !== undefined
  );
}
