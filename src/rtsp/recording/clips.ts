import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import type { PreRoll, TimedPart } from "./pre-roll";
import type { GrowingFile } from "./recording-file";

export interface ClipRequest {
  /** Seconds before the trigger. A stream that was not running has none. */
  preRoll: number;
  /** Seconds after the last trigger. */
  postRoll: number;
  /** Absolute path, in place of the default folder. */
  folder?: string | undefined;
  /** Inside the folder, in place of the default name. */
  filename?: string | undefined;
  /** What requested the clip. It comes back with the clip. */
  trigger?: unknown;
}

export interface ClipOptions {
  /** A steady clock: one that is set back by an hour would prolong the clip by that hour. */
  clock: Clock;
  preRoll: PreRoll;
  /** @param number counts the files of one request, from 1 */
  open(request: ClipRequest, start: number, number: number): GrowingFile;
  /**
   * Turns a file into a clip.
   * @param complete false where the stream broke
   */
  close(file: GrowingFile, complete: boolean, request: ClipRequest): Promise<void>;
  /** A clip failed, and nobody waits for it any more. */
  failed(error: unknown): void;
  /** A clip began, or the last one is over. */
  active(active: boolean): void;
}

interface Waiting {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Seconds. Triggers without end make several files, not one endless file. */
const MAX_SECONDS = 600;
const MAX_WAITING = 1000;

/**
 * Makes one clip at a time: from some seconds before its trigger until some seconds after the last trigger. When it gets
 * too long, or the stream breaks, it continues in the next file.
 */
export class Clips {
  readonly #options: ClipOptions;
  /** The request that the present file serves. */
  #request: ClipRequest | undefined;
  /** The last request that prolonged the clip. The next file serves it. */
  #latest: ClipRequest | undefined;
  #file: GrowingFile | undefined;
  /** When the clip ends, by the clock; undefined until there is a frame. */
  #until: number | undefined;
  #number = 0;
  #waiting: Waiting[] = [];
  /** Why the stream is away. */
  #reason: SurveillanceError | undefined;
  #cancelExpiry: () => void = () => undefined;

  constructor(options: ClipOptions) {
    this.#options = options;
  }

  /** The file that is being written. */
  get file(): GrowingFile | undefined {
    return this.#file;
  }

  /**
   * Begins a clip, or prolongs the present one.
   *
   * @returns resolves when the file that holds this moment is complete
   * @throws {SurveillanceError} what made it fail; QUEUE_FULL where too many wait already: the clip is made nevertheless
   */
  record(request: ClipRequest): Promise<void> {
    const waiting = this.#waiting.length;
    return new Promise((resolve, reject) => {
      if (waiting < MAX_WAITING) this.#waiting.push({ resolve, reject });
      if (this.#request === undefined) this.#begin(request);
      else this.#prolong(this.#request, request);
      if (waiting < MAX_WAITING) return;
      const message = `${waiting} messages are waiting for the clip already; this one prolongs it all the same.`;
      reject(new SurveillanceError("QUEUE_FULL", message));
    });
  }

  push(part: TimedPart): void {
    const request = this.#request;
    if (request === undefined) return;
    if (this.#file?.failure !== undefined) {
      this.#end(false);
      return;
    }
    const { frame, time } = part;
    if (frame !== undefined && this.#until !== undefined && time >= this.#until) {
      this.#end(true);
      return;
    }
    if (frame?.keyframe === true) {
      if ((this.#file?.seconds ?? 0) >= MAX_SECONDS) this.#close(true, request);
      this.#file ??= this.#open(request, time);
      this.#until ??= time + request.postRoll * 1000;
    }
    this.#file?.write(part);
  }

  /**
   * The stream broke: the frames so far become a file. If the stream comes back in time, the clip continues in another.
   *
   * @param reason undefined where the stream is only started anew
   * @returns whether anybody who waits for the clip was told the reason
   */
  interrupt(reason: SurveillanceError | undefined): boolean {
    const request = this.#request;
    if (request === undefined) return false;
    this.#reason = reason ?? this.#reason;
    this.#close(false, request);
    if (this.#until === undefined && reason !== undefined) return this.#forget(reason);
    this.#expire();
    return false;
  }

  /** Ends the clip: the frames so far become a file. */
  stop(): void {
    if (this.#request !== undefined) this.#close(false, this.#request);
    this.#forget(new SurveillanceError("CLOSED", "The stream was stopped before there was a frame."));
  }

  #begin(request: ClipRequest): void {
    const now = this.#options.clock.now();
    this.#request = this.#latest = request;
    this.#number = 0;
    this.#options.active(true);
    const [first, ...rest] = this.#options.preRoll.before(now, request.preRoll);
    if (first === undefined) return;
    this.#until = now + request.postRoll * 1000;
    this.#file = this.#open(request, first.time);
    for (const part of [first, ...rest]) this.#file.write(part);
  }

  /** The folder and name of the first request stay. */
  #prolong(present: ClipRequest, request: ClipRequest): void {
    const { folder, filename } = present;
    this.#latest = { ...request, folder, filename };
    if (this.#until === undefined) {
      // The clip waits for its first frame.
      this.#request = { ...present, postRoll: Math.max(present.postRoll, request.postRoll) };
      return;
    }
    this.#until = Math.max(this.#until, this.#options.clock.now() + request.postRoll * 1000);
    if (this.#file === undefined) this.#expire();
  }

  /** Ends a clip whose stream is away: no frame shows that its time is over. */
  #expire(): void {
    this.#cancelExpiry();
    if (this.#until === undefined) return;
    const left = Math.max(0, this.#until - this.#options.clock.now());
    this.#cancelExpiry = this.#options.clock.after(left, () => {
      if (this.#file === undefined) this.#forget(this.#reason);
    });
  }

  #open(request: ClipRequest, start: number): GrowingFile {
    this.#number += 1;
    return this.#options.open(request, start, this.#number);
  }

  #end(complete: boolean): void {
    if (this.#request !== undefined) this.#close(complete, this.#request);
    this.#forget(undefined);
  }

  #close(complete: boolean, request: ClipRequest): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    this.#request = this.#latest;
    const waiting = this.#waiting.splice(0);
    this.#options.close(file, complete, request).then(
      () => {
        for (const { resolve } of waiting) resolve();
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
        if (waiting.length === 0) this.#options.failed(error);
      },
    );
  }

  /** @returns whether anybody who waits was told the reason */
  #forget(reason: SurveillanceError | undefined): boolean {
    this.#cancelExpiry();
    const waiting = this.#waiting.splice(0);
    for (const { reject } of waiting)
      reject(reason ?? new SurveillanceError("RTSP_FAILED", "There was no frame to record."));
    this.#request = this.#latest = this.#until = this.#reason = undefined;
    this.#options.active(false);
    return waiting.length > 0;
  }
}
