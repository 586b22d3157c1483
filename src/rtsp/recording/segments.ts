import type { TimedPart } from "./pre-roll";
import type { GrowingFile } from "./recording-file";

export interface SegmentOptions {
  /** After this duration, the next keyframe begins a new file. */
  seconds: number;
  /** After this size, too; undefined means no limit. */
  maxBytes?: number | undefined;
  open(start: number): GrowingFile;
  /** Finishes a file. @param complete false if the stream broke off, or the file could not be written */
  close(file: GrowingFile, complete: boolean): void;
}

/** The pause after a file that could not be written. */
const PAUSE_MS = 10_000;

/** Writes a stream into consecutive files, without a missing frame between them. */
export class Segments {
  readonly #options: SegmentOptions;
  #file: GrowingFile | undefined;
  #notBefore = -Infinity;

  constructor(options: SegmentOptions) {
    this.#options = options;
  }

  /** The file that is being written. */
  get file(): GrowingFile | undefined {
    return this.#file;
  }

  push(part: TimedPart): void {
    if (this.#file?.failure !== undefined) {
      this.#notBefore = part.time + PAUSE_MS;
      this.#close(false);
    }
    if (part.frame?.keyframe === true) {
      if (this.#isFull(this.#file)) this.#close(true);
      if (part.time >= this.#notBefore) this.#file ??= this.#options.open(part.time);
    }
    this.#file?.write(part);
  }

  /** Makes a file of the frames so far, because the stream broke off. */
  interrupt(): void {
    this.#close(false);
  }

  #isFull(file: GrowingFile | undefined): boolean {
    const { seconds, maxBytes = Infinity } = this.#options;
    return file !== undefined && (file.seconds >= seconds || file.bytes >= maxBytes);
  }

  #close(complete: boolean): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) this.#options.close(file, complete);
  }
}
