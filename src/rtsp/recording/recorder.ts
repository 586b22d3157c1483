import { EventEmitter } from "node:events";
import { steadyClock, systemClock, type Clock } from "../../core/clock";
import type { SurveillanceError } from "../../core/errors";
import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import { createRedactor } from "../../core/redact";
import {
  lastErrorOf,
  StreamKeeper,
  type KeeperDependencies,
  type KeeperState,
  type KeeperStatistics,
  type Run,
  type RunningProcess,
} from "../stream-keeper";
import type { StreamSource } from "../stream-url";
import { Clips, type ClipRequest } from "./clips";
import { Finisher, type Recorded } from "./finisher";
import { PreRoll } from "./pre-roll";
import { openRecordProcess, type RecordProcessEvents, type RecordProcessOptions } from "./record-process";
import { RecordFolder } from "./record-folder";
import { RecordingFile } from "./recording-file";
import { Segments } from "./segments";
import { StampWatch } from "./stamp-watch";
import { TsSplitter } from "./ts-splitter";

export const recordModes = ["off", "clips", "segments"] as const;

export interface RecorderOptions extends RecordProcessOptions {
  /** Names the folder of its recordings; the source's host and path when absent. */
  camera?: string | undefined;
  /** The path of ffmpeg, when the user named one. */
  ffmpeg?: string | undefined;
  /** `off` connects only for a clip; `clips` keeps what comes before it; `segments` records all the time as well. */
  mode: (typeof recordModes)[number];
  /** Absolute path */
  folder: string;
  /** Seconds that are kept for clips. */
  preRoll: number;
  /** Seconds of a segment. */
  segment: number;
  /** Of the camera's clips, and as much again of its segments. Undefined sets no limit. */
  maxBytes?: number | undefined;
  /** Seconds: the longest pause between two attempts; default 10. */
  maxBackoff?: number | undefined;
}

export interface RecorderState {
  stream: KeeperState;
  /** A clip is wanted, or a segment being written. */
  recording: boolean;
  /** Why the last file could not be written. */
  fault: SurveillanceError | undefined;
}

export interface RecorderStatistics extends KeeperStatistics {
  recording: boolean;
  /** What is kept for clips. */
  preRollBytes: number;
}

interface RecorderEvents {
  state: [RecorderState];
  /** What is wanted goes to waiting callers; this is what nobody waits for. The recorder goes on trying. */
  failure: [SurveillanceError];
  /** @param trigger what a clip was asked for with; undefined for segments */
  recorded: [Recorded, unknown];
}

export interface RecorderDependencies extends KeeperDependencies {
  /** For how long something lasts. */
  steady: Clock;
  run: (binary: FfmpegBinary, options: RecordProcessOptions, events: RecordProcessEvents) => RunningProcess;
}

/** Of what is kept of segments, so that deleting the oldest is enough. */
const SEGMENT_SHARE = 1 / 4;
/** What closing leaves for the last file: the whole of it has two seconds. */
const LAST_FILE_MS = 1500;

/** Records a stream, kept running, into MP4 files without changing its frames. */
export class Recorder extends EventEmitter<RecorderEvents> {
  readonly #options: RecorderOptions;
  readonly #keeper: StreamKeeper;
  readonly #folder: RecordFolder;
  readonly #camera: string;
  readonly #preRoll: PreRoll;
  readonly #clips: Clips;
  readonly #segments: Segments | undefined;
  readonly #clock: Clock;
  readonly #steady: Clock;
  readonly #finisher: Finisher;
  readonly #closing = new AbortController();
  #stream: KeeperState = { name: "stopped" };
  /** Runs only as long as a clip is wanted. */
  #forClip = false;
  /** A clip is. */
  #wanted = false;
  #toldWaiting = false;

  constructor(options: RecorderOptions, dependencies: Partial<RecorderDependencies> = {}) {
    super();
    this.#options = options;
    const { run: open = openRecordProcess, steady = steadyClock, ...others } = dependencies;
    const { source, ffmpeg, maxBackoff, camera, folder, mode, segment, maxBytes } = options;
    this.#clock = others.clock ?? systemClock;
    this.#steady = steady;
    this.#camera = camera ?? source.name;
    this.#folder = new RecordFolder(folder, this.#camera, camera ?? addressOf(source));
    this.#finisher = new Finisher({
      ...{ camera: this.#camera, folder: this.#folder, maxBytes, signal: this.#closing.signal },
      growing: (kind) => (kind === "clips" ? this.#clips.file : this.#segments?.file),
      recorded: (recorded, trigger) => {
        this.emit("recorded", recorded, trigger);
      },
      failed: (error) => {
        this.emit("failure", error);
      },
      changed: () => {
        this.#tell();
      },
    });
    this.#preRoll = new PreRoll(options.preRoll);
    this.#clips = new Clips({
      clock: steady,
      preRoll: this.#preRoll,
      open: (request, since, number) => this.#newFile(since, (start) => this.#place(request, start, number)),
      close: (file, complete, { trigger }) => this.#finisher.finish("clips", file, complete, trigger),
      failed: (error) => {
        this.#finisher.report(error);
      },
      wanted: (wanted) => {
        this.#wanted = wanted;
        this.#tell();
        this.#rest();
      },
    });
    if (mode === "segments") {
      this.#segments = new Segments({
        seconds: segment,
        maxBytes: maxBytes === undefined ? undefined : maxBytes * SEGMENT_SHARE,
        open: (since) => this.#newFile(since, (start) => this.#folder.file("segments", start)),
        close: (file, complete) => {
          this.#finisher.finish("segments", file, complete).catch((error: unknown) => {
            this.#finisher.report(error);
          });
        },
      });
    }
    this.#keeper = new StreamKeeper(
      { name: source.name, purpose: "video", ffmpeg, maxBackoff },
      (binary, run) => this.#launch(open, binary, run),
      others,
    );
    this.#keeper.on("state", (state) => {
      this.#enter(state);
    });
    this.#keeper.on("failure", (error) => {
      if (!this.#toldWaiting) this.emit("failure", error);
    });
  }

  /** The stream is on for more than one clip. */
  get running(): boolean {
    return this.#keeper.running && !this.#forClip;
  }

  get statistics(): RecorderStatistics {
    return {
      ...this.#keeper.statistics,
      ...lastErrorOf(this.#finisher.fault),
      recording: this.#recording,
      preRollBytes: this.#preRoll.bytes,
    };
  }

  /** Begins to connect where something is recorded without being asked for; else a clip does. */
  start(): void {
    if (this.#options.mode === "off") return;
    this.#forClip = false;
    this.#keeper.start();
  }

  /**
   * Wants a clip, or the present one to last longer. Where the stream is not on, it is for this clip.
   *
   * @returns resolves when the clip is complete, after the event with it
   * @throws {SurveillanceError} why there is no clip: what the stream failed with, FILE_WRITE, QUEUE_FULL, CLOSED
   */
  record(request: ClipRequest): Promise<void> {
    // A name that leads out of the folder is told before anything is recorded.
    this.#folder.check(request);
    const recorded = this.#clips.record(request);
    if (!this.#keeper.running) {
      this.#forClip = true;
      this.#keeper.start();
    } else if (this.#stream.name !== "streaming") {
      // What there is of the connection before is a file of its own.
      this.#clips.interrupt(this.#stream.name === "waiting" ? this.#stream.error : undefined);
    }
    return recorded;
  }

  /** Resolves when ffmpeg is gone; what was being written is completed afterwards. */
  stop(): Promise<void> {
    this.#clips.stop();
    return this.#keeper.stop();
  }

  /** Resolves within 2 s, when ffmpeg is gone and what was being written is complete or left unfinished. */
  async close(): Promise<void> {
    const timeout = setTimeout(() => {
      this.#closing.abort();
    }, LAST_FILE_MS);
    const given = new Promise((resolve) => {
      this.#closing.signal.addEventListener("abort", resolve);
    });
    await this.stop();
    await Promise.race([this.#finisher.settled(), given]);
    clearTimeout(timeout);
  }

  get #recording(): boolean {
    return this.#wanted || this.#segments?.file !== undefined;
  }

  #place(request: ClipRequest, start: number, number: number): string {
    return isChosen(request)
      ? this.#folder.chosen(request, start, number)
      : this.#folder.file("clips", start);
  }

  /** @param since by the steady clock */
  #newFile(since: number, place: (start: number) => string): RecordingFile {
    const start = Math.round(this.#clock.now() - (this.#steady.now() - since));
    return new RecordingFile(place(start), start, this.#options.ffmpeg);
  }

  #launch(open: RecorderDependencies["run"], binary: FfmpegBinary, run: Run): RunningProcess {
    const splitter = new TsSplitter();
    const stamps = new StampWatch(this.#options.stallTimeout);
    let begun = false;
    return open(binary, this.#options, {
      onData: (chunk) => {
        if (run.over) return;
        const time = this.#steady.now();
        for (const part of splitter.push(chunk)) {
          // Frames of two connections do not belong together.
          if (!begun && part.frame?.keyframe !== true) continue;
          if (!begun) this.#preRoll.clear();
          begun = true;
          if (part.frame !== undefined && stamps.jumped(part.frame.seconds, time)) {
            run.startAnew();
            return;
          }
          this.#preRoll.push({ ...part, time });
          this.#clips.push({ ...part, time });
          this.#segments?.push({ ...part, time });
          if (part.frame !== undefined) run.alive(this.#options.stallTimeout * 1000);
        }
      },
      onEnd: (end) => {
        run.ended(end);
      },
    });
  }

  /**
   * Stops a stream that is on for a clip only, when there is none. One whose log-in was refused waits on, so that the
   * next clip does not try it again: cameras lock accounts.
   */
  #rest(): void {
    // Not from within what ended the clip, which may be the stream's own failure.
    setImmediate(() => {
      const refused = this.#stream.name === "waiting" && this.#stream.error.code === "RTSP_UNAUTHORIZED";
      if (this.#keeper.running && this.#forClip && !this.#wanted && !refused) void this.#keeper.stop();
    });
  }

  #enter(state: KeeperState): void {
    const same = state.name === "streaming" && this.#stream.name === "streaming";
    this.#stream = state;
    if (same) return;
    this.#rest();
    if (state.name === "stopped") this.#preRoll.clear();
    if (state.name !== "streaming") {
      this.#segments?.interrupt();
      this.#toldWaiting = this.#clips.interrupt(state.name === "waiting" ? state.error : undefined);
    }
    this.#tell();
  }

  #tell(): void {
    this.emit("state", { stream: this.#stream, recording: this.#recording, fault: this.#finisher.fault });
  }
}

function isChosen({ folder, filename }: ClipRequest): boolean {
  return folder !== undefined || filename !== undefined;
}

/** The whole of a URL, for cameras that differ in its query only, but for its secrets. */
function addressOf({ url, secrets }: StreamSource): string {
  return createRedactor(secrets)(url.replace(/\/\/[^@/]*@/, "//"));
}
