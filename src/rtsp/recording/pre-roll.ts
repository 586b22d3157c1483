import type { StreamPart } from "./ts-splitter";

export interface TimedPart extends StreamPart {
  /** The arrival by a steady clock, in milliseconds. */
  time: number;
}

interface Group {
  parts: TimedPart[];
  bytes: number;
}

/** The longest gap between two parts of a running stream. */
const SILENCE_MS = 2000;
/** The limit for streams with an unexpected bit rate: 30 s at 17 Mbit/s. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Keeps the last seconds of a stream in memory, limited in time and in bytes. It stores whole groups of frames, each of
 * which begins with a keyframe.
 */
export class PreRoll {
  readonly #milliseconds: number;
  readonly #maxBytes: number;
  #groups: Group[] = [];
  #bytes = 0;

  constructor(seconds: number, maxBytes = MAX_BYTES) {
    this.#milliseconds = seconds * 1000;
    this.#maxBytes = maxBytes;
  }

  /** Bytes in memory */
  get bytes(): number {
    return this.#bytes;
  }

  push(part: TimedPart): void {
    if (part.frame?.keyframe === true) this.#groups.push({ parts: [], bytes: 0 });
    const group = this.#groups.at(-1);
    if (group === undefined) return;
    group.parts.push(part);
    group.bytes += part.data.length;
    this.#bytes += part.data.length;
    const since = part.time - this.#milliseconds;
    while (this.#bytes > this.#maxBytes || startOf(this.#groups[1]) <= since) this.#dropOldest();
  }

  /**
   * Returns the frames of the seconds before a time, from the keyframe before them on.
   * @returns an empty list if the stream ended earlier
   */
  before(time: number, seconds: number): TimedPart[] {
    const since = time - seconds * 1000;
    const last = this.#groups.at(-1)?.parts.at(-1)?.time ?? -Infinity;
    if (last < Math.min(since, time - SILENCE_MS)) return [];
    const first = this.#groups.findLastIndex((group) => startOf(group) <= since);
    return this.#groups.slice(Math.max(0, first)).flatMap(({ parts }) => parts);
  }

  clear(): void {
    this.#groups = [];
    this.#bytes = 0;
  }

  #dropOldest(): void {
    this.#bytes -= this.#groups.shift()?.bytes ?? 0;
  }
}

function startOf(group: Group | undefined): number {
  return group?.parts[0]?.time ?? Infinity;
}
