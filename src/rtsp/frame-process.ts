import { createRedactor } from "../redact";
import { CaptureTimes } from "./capture-times";
import { ffmpegArguments, inputScript, type PictureOptions } from "./ffmpeg-arguments";
import type { FfmpegBinary } from "../ffmpeg/ffmpeg-binary";
import type { EncodedFrame } from "./frame-splitter";
import { spawnGuarded, type GuardedChild } from "../ffmpeg/guarded-child";
import { JpegSplitter } from "./jpeg-splitter";
import { PamSplitter } from "./pam-splitter";
import type { StreamSource } from "./stream-url";

export interface TimedFrame extends EncodedFrame {
  /** Epoch milliseconds: when the picture's packet reached this computer, else when the picture reached Node.js. */
  time: number;
}

/** How one run of ffmpeg ended. */
export interface FrameProcessEnd {
  /** `exit code 0`, `signal SIGKILL` */
  ending: string;
  /** The last lines of standard error, redacted; one text. */
  words: string;
}

export interface FrameProcessEvents {
  /** Every picture of a kind is dropped but the newest when several arrive at once. */
  onFrame(frame: TimedFrame): void;
  onDropped(count: number): void;
  /** The camera changed its picture size; no further picture follows. */
  onSizeChange(): void;
  onEnd(end: FrameProcessEnd): void;
}

/** What the stream needs of a run of ffmpeg; tests put another in its place. */
export interface FrameSource {
  /** Resolves once the process is gone, at the latest 1.2 s later. */
  stop(): Promise<void>;
}

/** ffmpeg 7 takes a second signal to interrupt a read; a stalled one takes the last resort. */
const SECOND_SIGNAL_MS = 300;
const KILL_MS = 1200;
const MAX_WORDS = 2000;
/** No picture is this long on its way: such a time stamp does not come from the wall clock. */
const MAX_AGE_MS = 60_000;

/** One run of ffmpeg: from the URL on its standard input to pictures with their times. */
export class FrameProcess implements FrameSource {
  readonly #child: GuardedChild;
  readonly #events: FrameProcessEvents;
  readonly #times = new CaptureTimes();
  readonly #ended: Promise<void>;
  #received = 0;
  #newest: { frame: EncodedFrame; ordinal: number; arrived: number } | undefined;
  #words = "";
  #stopping = false;
  #sizeChanged = false;

  constructor(
    binary: FfmpegBinary,
    source: StreamSource,
    options: PictureOptions,
    events: FrameProcessEvents,
  ) {
    this.#events = events;
    this.#child = spawnGuarded(binary.path, ffmpegArguments(options, binary));
    const { process: child, stdin, stdout, stderr, extra } = this.#child;
    const splitter = options.format === "jpeg" ? new JpegSplitter() : new PamSplitter();
    stdout.on("data", (chunk: Buffer) => {
      const before = splitter.discarded;
      const frames = splitter.push(chunk);
      this.#received += splitter.discarded - before;
      for (const frame of frames) this.#keepNewest(frame);
    });
    extra.setEncoding("utf8").on("data", (chunk: string) => {
      this.#times.push(chunk);
    });
    const redact = createRedactor(source.secrets);
    stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.#words = lastLines(this.#words + chunk);
    });
    this.#ended = new Promise((resolve) => {
      let ending = "did not start";
      child.on("error", (error) => {
        this.#words += error.message;
      });
      child.on("exit", (code, signal) => {
        ending = signal === null ? `exit code ${code ?? "unknown"}` : `signal ${signal}`;
      });
      child.on("close", () => {
        resolve();
        events.onEnd({
          ending,
          words: redact(this.#words)
            .trim()
            .replace(/\s*\n\s*/g, "; ")
            .slice(-MAX_WORDS),
        });
      });
    });
    stdin.end(inputScript(source.url, options));
  }

  /** Of ffmpeg itself; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.process.pid;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#newest = undefined;
    const { process: child } = this.#child;
    child.kill("SIGTERM");
    const again = setTimeout(() => child.kill("SIGTERM"), SECOND_SIGNAL_MS);
    const last = setTimeout(() => child.kill("SIGKILL"), KILL_MS);
    await this.#ended;
    clearTimeout(again);
    clearTimeout(last);
  }

  /**
   * Keeps a picture until this turn of the event loop is over: by then its time has been read from the other pipe, and
   * of several that waited while the loop was busy only the newest goes out.
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

/** Whole lines only: of a line cut in two, the half of a password would not be recognised. */
function lastLines(text: string): string {
  if (text.length <= 2 * MAX_WORDS) return text;
  const lineEnd = text.indexOf("\n", text.length - 2 * MAX_WORDS);
  return lineEnd < 0 ? "" : text.slice(lineEnd + 1);
}
