/** The most lines that wait for their frames: more lines mean lost frames. */
const MAX_WAITING = 1000;

/**
 * Matches frames with their times. ffmpeg writes one line per frame. The class counts both, so that a missing one does
 * not shift the others.
 */
export class CaptureTimes {
  /** ffmpeg has rebuilt its filters: the camera changed its image size, and all further frames are distorted. */
  rebuilt = false;
  readonly #times = new Map<number, number>();
  #line = "";
  #lines = 0;

  /** Reads output of ffmpeg in any chunks: `frame:12   pts:1700000000123456 pts_time:…` in microseconds, `t=1`. */
  push(chunk: string): void {
    const lines = (this.#line + chunk).split("\n");
    this.#line = (lines.pop() ?? "").slice(-1000);
    for (const line of lines) {
      const match = /^frame:(\d+)\s+pts:(-?\d+)/.exec(line);
      if (match === null) continue;
      if (match[1] === "0" && this.#lines > 0) this.rebuilt = true;
      this.#times.set(this.#lines, Number(match[2]) / 1000);
      this.#lines++;
      this.#times.delete(this.#lines - 1 - MAX_WAITING);
    }
  }

  /**
   * Returns the time of a frame, and forgets the times up to it.
   *
   * @param ordinal counts frames from 0
   * @returns epoch milliseconds; undefined if ffmpeg wrote no time
   */
  take(ordinal: number): number | undefined {
    const time = this.#times.get(ordinal);
    // The map is in counting order. The times before this frame are not needed any more.
    for (const earlier of this.#times.keys()) {
      if (earlier > ordinal) break;
      this.#times.delete(earlier);
    }
    return time;
  }
}
