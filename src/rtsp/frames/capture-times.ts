/** The most lines that may wait for their frames: more mean that the frames are lost. */
const MAX_WAITING = 1000;

/**
 * Matches the times that ffmpeg writes, one line for each frame, with the frames. It counts both, so that a missing one
 * does not shift the others.
 */
export class CaptureTimes {
  /** ffmpeg rebuilt its filters: the camera changed its image size, and the frames from here on are distorted. */
  rebuilt = false;
  readonly #times = new Map<number, number>();
  #line = "";
  #lines = 0;

  /** Takes ffmpeg's output in any chunks: `frame:12   pts:1700000000123456 pts_time:…` in microseconds, `t=1`. */
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
   * @param ordinal counts frames from 0
   * @returns epoch milliseconds; undefined when ffmpeg wrote none
   */
  take(ordinal: number): number | undefined {
    const time = this.#times.get(ordinal);
    // The map is in counting order: nobody asks for the times before this frame any more.
    for (const earlier of this.#times.keys()) {
      if (earlier > ordinal) break;
      this.#times.delete(earlier);
    }
    return time;
  }
}
