/** More cameras than any site has; the one heard of least recently is forgotten first. */
const MAX_CHANNELS = 10_000;

/** Lets a camera's tracks, which come up to twelve times a second, pass at a rate that a flow can work with. */
export class TrackLimiter {
  /** When the last one passed, by channel. */
  readonly #passed = new Map<string, number>();
  readonly #interval: number;

  /** @param perSecond how many of one channel pass in a second, on average */
  constructor(perSecond: number) {
    this.#interval = 1000 / perSecond;
  }

  /** @param now milliseconds */
  passes(channel: string, now: number): boolean {
    const last = this.#passed.get(channel);
    if (last !== undefined && now - last < this.#interval) return false;
    this.#passed.delete(channel);
    this.#passed.set(channel, now);
    if (this.#passed.size > MAX_CHANNELS) {
      const [oldest = channel] = this.#passed.keys();
      this.#passed.delete(oldest);
    }
    return true;
  }
}
