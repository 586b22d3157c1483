import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import type { PreRoll, TimedPart } from "./pre-roll";
import type { GrowingFile } from "./recording-file";

export interface ClipRequest {
  /** Seconds before the trigger. A clip of a stopped stream has none. */
  preRoll: number;
  /** Seconds after the last trigger. */
  postRoll: number;
  /** Absolute path. @default the folder of the camera */
  folder?: string | undefined;
  /** File name inside the folder. @default a name from camera and time */
  filename?: string | undefined;
  /** The trigger of the clip, which is returned with the clip. */
  trigger?: unknown;
}

export interface ClipOptions {
  /** A steady clock: a wall clock that is set back by an hour would extend the clip by that hour. */
  clock: Clock;
  preRoll: PreRoll;
  /** Opens a file. @param number counts the files of one request, from 1 */
  open(request: ClipRequest, start: number, number: number): GrowingFile;
  /**
   * Turns a file into a clip.
   * @param complete false if the stream broke off
   */
  close(file: GrowingFile, complete: boolean, request: ClipRequest): Promise<void>;
  /** A clip failed, and no request waits for it. */
  failed(error: unknown): void;
  /** A clip began or ended. */
  active(active: boolean): void;
}

interface Waiting {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Seconds. Endless triggers make several files instead of one endless file. */
const MAX_SECONDS = 600;
const MAX_WAITING = 1000;

/**
 * Makes one clip at a time, from some seconds before its first trigger until some seconds after its last trigger. If
 * the clip gets too long or the stream breaks off, the clip continues in the next file.
 */
export class Clips {
  readonly #options: ClipOptions;
  /** The request of the current file. */
  #request: ClipRequest | undefined;
  /** The last request that extended the clip: the request of the next file. */
  #latest: ClipRequest | undefined;
  #file: GrowingFile | undefined;
  /** The end of the clip by the clock; undefined until the first frame. */
  #until: number | undefined;
  #number = 0;
  #waiting: Waiting[] = [];
  /** The reason why there is no stream. */
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
   * Begins a clip, or extends the current one.
   *
   * @returns resolves when the file with the current moment is complete
   * @throws {SurveillanceError} the failure of the clip; QUEUE_FULL if too many requests wait. This request then still
   * extends the clip.
   */
  record(request: ClipRequest): Promise<void> {
    const waiting = this.#waiting.length;
    return new Promise((resolve, reject) => {
      if (waiting < MAX_WAITING) this.#waiting.push({ resolve, reject });
      if (this.#request === undefined) this.#begin(request);
      else this.#extend(this.#request, request);
      if (waiting < MAX_WAITING) return;
      const full = `The clip's queue is full (${waiting} messages).`;
      const message = `${full} This message extends the clip, but receives no file.`;
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
   * Makes a file of the frames so far, because the stream broke off. If it comes back in time, the clip continues.
   *
   * @param reason undefined if the stream only restarts
   * @returns whether a waiting request received the reason
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

  /** Ends the clip, and makes a file of the frames so far. */
  stop(): void {
    if (this.#request !== undefined) this.#close(false, this.#request);
    this.#forget(new SurveillanceError("CLOSED", "The stream was stopped before the first frame."));
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

  /** Extends the current clip. Its folder and file name stay. */
  #extend(current: ClipRequest, request: ClipRequest): void {
    const { folder, filename } = current;
    this.#latest = { ...request, folder, filename };
    if (this.#until === undefined) {
      // The clip waits for its first frame.
      this.#request = { ...current, postRoll: Math.max(current.postRoll, request.postRoll) };
      return;
    }
    this.#until = Math.max(this.#until, this.#options.clock.now() + request.postRoll * 1000);
    if (this.#file === undefined) this.#expire();
  }

  /** Ends a clip by a timer, because without a stream no frame ends it. */
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

  /** Ends the clip for all requests. @returns whether a waiting request received the reason */
  #forget(reason: SurveillanceError | undefined): boolean {
    this.#cancelExpiry();
    const waiting = this.#waiting.splice(0);
    for (const { reject } of waiting)
      reject(reason ?? new SurveillanceError("RTSP_FAILED", "There was no video to record."));
    this.#request = this.#latest = this.#until = this.#reason = undefined;
    this.#options.active(false);
    return waiting.length > 0;
  }
}
