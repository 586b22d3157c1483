import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import type { EncodedFrame } from "../../media/frame";
import { inputScript } from "../ffmpeg-input";
import type { RunningProcess } from "../stream-keeper";
import { FfmpegProcess, type ProcessEnd } from "../../ffmpeg/ffmpeg-process";
import type { StreamSource } from "../stream-url";
import { CaptureTimes } from "./capture-times";
import { frameArguments, type FrameOptions } from "./frame-arguments";
import { JpegSplitter } from "./jpeg-splitter";
import { PamSplitter } from "./pam-splitter";

export interface TimedFrame extends EncodedFrame {
  /** Epoch milliseconds: the arrival of the packet at this computer, else the arrival of the frame in Node.js. */
  time: number;
}

export interface FrameProcessEvents {
  /** If several frames arrive at once, only the newest is delivered. */
  onFrame(frame: TimedFrame): void;
  onDropped(count: number): void;
  /** The camera changed its image size. No frame follows. */
  onSizeChange(): void;
  onEnd(end: ProcessEnd): void;
}

/** A frame never takes this long. An older timestamp does not come from the wall clock. */
const MAX_AGE_MS = 60_000;

/** One run of ffmpeg: it reads the URL from standard input, and delivers frames with their times. */
export class FrameProcess implements RunningProcess {
  readonly #process: FfmpegProcess;
  readonly #events: FrameProcessEvents;
  readonly #times = new CaptureTimes();
  #received = 0;
  #newest: { frame: EncodedFrame; ordinal: number; arrived: number } | undefined;
  #stopping = false;
  #sizeChanged = false;

  constructor(
    binary: FfmpegBinary,
    { url, secrets }: StreamSource,
    options: FrameOptions,
    events: FrameProcessEvents,
  ) {
    this.#events = events;
    this.#process = new FfmpegProcess(binary, {
      args: frameArguments(options, binary),
      script: inputScript(url, options, ["video"]),
      secrets,
      onEnd: (end) => {
        // A JPEG encoder fails at the first frame of another size, before `#deliver` notices the change.
        if (this.#times.rebuilt && !this.#sizeChanged) events.onSizeChange();
        else events.onEnd(end);
      },
    });
    const splitter = options.format === "jpeg" ? new JpegSplitter() : new PamSplitter();
    this.#process.stdout.on("data", (chunk: Buffer) => {
      const before = splitter.discarded;
      const frames = splitter.push(chunk);
      this.#received += splitter.discarded - before;
      for (const frame of frames) this.#keepNewest(frame);
    });
    this.#process.extra.setEncoding("utf8").on("data", (chunk: string) => {
      this.#times.push(chunk);
    });
  }

  /** The process ID of ffmpeg itself; undefined if it did not start. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  stop(): Promise<void> {
    this.#stopping = true;
    this.#newest = undefined;
    return this.#process.stop();
  }

  /**
   * Keeps a frame until the end of this turn of the event loop: by then, its time has arrived on the other pipe. If
   * several frames waited for a busy loop, only the newest is delivered.
   */
  #keepNewest(frame: EncodedFrame): void {
    if (this.#newest === undefined)
      setImmediate(() => {
        this.#deliver();
      });
    else this.#events.onDropped(1);
    this.#newest = { frame, ordinal: this.#received, arrived: Date.now() };
    this.#received++;
  }

  #deliver(): void {
    const newest = this.#newest;
    this.#newest = undefined;
    if (newest === undefined || this.#stopping || this.#sizeChanged) return;
    const { ordinal, arrived } = newest;
    const time = this.#times.take(ordinal) ?? arrived;
    if (this.#times.rebuilt) {
      this.#sizeChanged = true;
      this.#events.onSizeChange();
      return;
    }
    const plausible = time <= arrived && time > arrived - MAX_AGE_MS;
    this.#events.onFrame({ ...newest.frame, time: plausible ? time : arrived });
  }
}
