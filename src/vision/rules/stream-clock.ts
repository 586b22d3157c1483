/** The time of a frame. */
export interface FrameMoment {
  /** ISO 8601 with offset */
  time: string;
  /** Seconds of video since the camera's first frame, on a clock that never goes back. */
  seconds: number;
}

/** Frames may be out of order by less than this. A larger step back means that a recording was restarted. */
const REORDERED_MS = 10_000;

/**
 * A clock that follows the times of a camera's frames. It measures video time and not wall time, so that a recording
 * yields the same events at any speed. It stops for frames out of order, and continues when a recording is restarted.
 */
export class StreamClock {
  #latest: number | undefined;
  #arrivedAt = 0;
  #seconds = 0;

  get seconds(): number {
    return this.#seconds;
  }

  /** Returns the time of the video some seconds after the latest frame, ISO 8601. */
  timeAfter(seconds: number): string {
    return new Date((this.#latest ?? 0) + seconds * 1000).toISOString();
  }

  /**
   * Advances the clock to the next frame.
   * @param given the frame's time, normally ISO 8601 text; `now` if it is missing or not a time
   * @param now milliseconds since the epoch
   */
  next(given: unknown, now: number): FrameMoment {
    const taken = millisecondsOf(given) ?? now;
    // For a repeated time (a test message that is sent twice), the wall clock measures the step.
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
