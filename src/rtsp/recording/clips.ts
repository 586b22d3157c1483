import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import type { PreRoll, TimedPart } from "./pre-roll";
import type { GrowingFile } from "./recording-file";

export interface ClipWish {
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
  /** @param number counts the files of one wish from 1 */
  open(wish: ClipWish, start: number, number: number): GrowingFile;
  /**
   * Makes the clip of what was written.
   * @param complete false where the stream broke
   */
  close(file: GrowingFile, complete: boolean, wish: ClipWish): Promise<void>;
  /** A clip failed that nobody waits for any more. */
  failed(error: unknown): void;
  /** Whether a clip is wanted now. */
  wanted(wanted: boolean): void;
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
  #wish: ClipWish | undefined;
  /** What prolonged it, which a file after it would be for. */
  #latest: ClipWish | undefined;
  #file: GrowingFile | undefined;
  /** By the clock; undefined until there is a picture. */
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
  record(wish: ClipWish): Promise<void> {
    const waiting = this.#waiting.length;
    return new Promise((resolve, reject) => {
      if (waiting < MAX_WAITING) this.#waiting.push({ resolve, reject });
      if (this.#wish === undefined) this.#begin(wish);
      else this.#prolong(this.#wish, wish);
      if (waiting < MAX_WAITING) return;
      const message = `${waiting} messages are waiting for the clip already; this one prolongs it all the same.`;
      reject(new SurveillanceError("QUEUE_FULL", message));
    });
  }

  push(part: TimedPart): void {
    const wish = this.#wish;
    if (wish === undefined) return;
    if (this.#file?.failure !== undefined) {
      this.#end(false);
      return;
    }
    const { picture, time } = part;
    if (picture !== undefined && this.#until !== undefined && time >= this.#until) {
      this.#end(true);
      return;
    }
    if (picture?.keyframe === true) {
      if ((this.#file?.seconds ?? 0) >= MAX_SECONDS) this.#close(true, wish);
      this.#file ??= this.#open(wish, time);
      this.#until ??= time + wish.postRoll * 1000;
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
    const wish = this.#wish;
    if (wish === undefined) return false;
    this.#reason = reason ?? this.#reason;
    this.#close(false, wish);
    if (this.#until === undefined && reason !== undefined) return this.#forget(reason);
    this.#expire();
    return false;
  }

  /** Nothing more is wanted: what there is becomes a file. */
  stop(): void {
    if (this.#wish !== undefined) this.#close(false, this.#wish);
    this.#forget(new SurveillanceError("CLOSED", "The stream was stopped before there was a picture."));
  }

  #begin(wish: ClipWish): void {
    const now = this.#options.clock.now();
    this.#wish = this.#latest = wish;
    this.#number = 0;
    this.#options.wanted(true);
    const [first, ...rest] = this.#options.preRoll.before(now, wish.preRoll);
    if (first === undefined) return;
    this.#until = now + wish.postRoll * 1000;
    this.#file = this.#open(wish, first.time);
    for (const part of [first, ...rest]) this.#file.write(part);
  }

  /** The place stays that was chosen first. */
  #prolong(present: ClipWish, wish: ClipWish): void {
    const { folder, filename } = present;
    this.#latest = { ...wish, folder, filename };
    if (this.#until === undefined) {
      // It has yet to begin.
      this.#wish = { ...present, postRoll: Math.max(present.postRoll, wish.postRoll) };
      return;
    }
    this.#until = Math.max(this.#until, this.#options.clock.now() + wish.postRoll * 1000);
    if (this.#file === undefined) this.#expire();
  }

  /** Without a stream, no picture tells that the time is over. */
  #expire(): void {
    this.#cancelExpiry();
    if (this.#until === undefined) return;
    const left = Math.max(0, this.#until - this.#options.clock.now());
    this.#cancelExpiry = this.#options.clock.after(left, () => {
      if (this.#file === undefined) this.#forget(this.#reason);
    });
  }

  #open(wish: ClipWish, start: number): GrowingFile {
    this.#number += 1;
    return this.#options.open(wish, start, this.#number);
  }

  #end(complete: boolean): void {
    if (this.#wish !== undefined) this.#close(complete, this.#wish);
    this.#forget(undefined);
  }

  #close(complete: boolean, wish: ClipWish): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    this.#wish = this.#latest;
    const waiting = this.#waiting.splice(0);
    this.#options.close(file, complete, wish).then(
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
      reject(reason ?? new SurveillanceError("RTSP_FAILED", "There was no picture to record."));
    this.#wish = this.#latest = this.#until = this.#reason = undefined;
    this.#options.wanted(false);
    return waiting.length > 0;
  }
}
