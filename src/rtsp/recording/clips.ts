import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import type { PreRoll, TimedPart } from "./pre-roll";
import type { GrowingFile } from "./recording-file";

export interface ClipRequest {
  /** Seconds before the trigger; of a stream that was not on there are none. */
  preRoll: number;
  /** Seconds after the last trigger. */
  postRoll: number;
  /** Where to, instead of the usual folder. */
  folder?: string | undefined;
  /** Inside the folder, instead of the usual name. */
  filename?: string | undefined;
  /** What asked for the clip; it comes back with it. */
  trigger?: unknown;
}

export interface ClipOptions {
  /** One that is never set: a clip is not to last for the hour by which it is set back. */
  clock: Clock;
  preRoll: PreRoll;
  /** @param number counts the files of one request, from 1 */
  open(request: ClipRequest, start: number, number: number): GrowingFile;
  /**
   * Makes the clip of what was written.
   * @param complete false where the stream broke
   */
  close(file: GrowingFile, complete: boolean, request: ClipRequest): Promise<void>;
  /** A clip failed that nobody waits for any more. */
  failed(error: unknown): void;
  /** A clip began, or the last one is over. */
  active(active: boolean): void;
}

interface Waiting {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Seconds. Whoever triggers on and on gets several files instead of one that never ends. */
const MAX_SECONDS = 600;
const MAX_WAITING = 1000;

/**
 * The clip that is wanted at present: from before its trigger until some time after the last one. Where it gets too
 * long, or the stream breaks, it goes on in the next file.
 */
export class Clips {
  readonly #options: ClipOptions;
  /** What the present file is for. */
  #request: ClipRequest | undefined;
  /** What prolonged it, which a file after it would be for. */
  #latest: ClipRequest | undefined;
  #file: GrowingFile | undefined;
  /** By the clock; undefined until there is a frame. */
  #until: number | undefined;
  #number = 0;
  #waiting: Waiting[] = [];
  /** Why there is no stream at present. */
  #reason: SurveillanceError | undefined;
  #cancelExpiry: () => void = () => undefined;

  constructor(options: ClipOptions) {
    this.#options = options;
  }

  /** What is being written. */
  get file(): GrowingFile | undefined {
    return this.#file;
  }

  /**
   * Wants a clip, or the present one to last longer.
   *
   * @returns resolves when the clip is complete that this moment is in
   * @throws {SurveillanceError} what made it fail, QUEUE_FULL where it is wanted, but cannot be waited for
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
   * The stream is over: what there is becomes a file. If it comes back in time, the clip goes on in another.
   *
   * @param reason undefined where it is only started anew
   * @returns whether somebody was told the reason
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

  /** Nothing more is wanted: what there is becomes a file. */
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

  /** The place stays that was chosen first. */
  #prolong(present: ClipRequest, request: ClipRequest): void {
    const { folder, filename } = present;
    this.#latest = { ...request, folder, filename };
    if (this.#until === undefined) {
      // It has yet to begin.
      this.#request = { ...present, postRoll: Math.max(present.postRoll, request.postRoll) };
      return;
    }
    this.#until = Math.max(this.#until, this.#options.clock.now() + request.postRoll * 1000);
    if (this.#file === undefined) this.#expire();
  }

  /** Without a stream, no frame tells that the time is over. */
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

  /** @returns whether somebody was told the reason */
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
