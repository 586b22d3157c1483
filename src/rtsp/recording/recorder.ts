import { EventEmitter } from "node:events";
import { systemClock } from "../../clock";
import type { SurveillanceError } from "../../errors";
import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import {
  StreamKeeper,
  type KeeperDependencies,
  type KeeperState,
  type KeeperStatistics,
  type Run,
  type RunningProcess,
} from "../stream-keeper";
import { Clips, type ClipWish } from "./clips";
import { PreRoll } from "./pre-roll";
import { openRecordProcess, type RecordProcessEvents, type RecordProcessOptions } from "./record-process";
import { RecordFolder, type RecordingKind } from "./record-folder";
import { RecordingFile, type GrowingFile, type RecordedFile } from "./recording-file";
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
}

export interface Recorded extends RecordedFile {
  kind: "clip" | "segment";
  camera: string;
  /** False where the stream broke or was stopped: there is less than was wanted. */
  complete: boolean;
}

export interface RecorderState {
  stream: KeeperState;
  /** A clip is wanted, or a segment being written. */
  recording: boolean;
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
  run: (binary: FfmpegBinary, options: RecordProcessOptions, events: RecordProcessEvents) => RunningProcess;
}

/** What closing leaves for the last file: the whole of it has two seconds. */
const LAST_FILE_MS = 1500;

/** Records a stream, kept running, into MP4 files without changing its pictures. */
export class Recorder extends EventEmitter<RecorderEvents> {
  readonly #options: RecorderOptions;
  readonly #keeper: StreamKeeper;
  readonly #folder: RecordFolder;
  readonly #camera: string;
  readonly #preRoll: PreRoll;
  readonly #clips: Clips;
  readonly #segments: Segments | undefined;
  readonly #now: () => number;
  readonly #closing = new AbortController();
  #stream: KeeperState = { name: "stopped" };
  /** Runs only as long as a clip is wanted. */
  #forClip = false;
  /** A clip is. */
  #wanted = false;
  #toldWaiting = false;
  #reported = new Set<string>();
  /** Files are completed one after the other: it is the disk that limits it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RecorderOptions, dependencies: Partial<RecorderDependencies> = {}) {
    super();
    this.#options = options;
    const { run: open = openRecordProcess, ...others } = dependencies;
    const { source, ffmpeg, camera, folder, mode, segment } = options;
    const clock = others.clock ?? systemClock;
    this.#now = () => clock.now();
    this.#camera = camera ?? source.name;
    this.#folder = new RecordFolder(folder, this.#camera);
    this.#preRoll = new PreRoll(options.preRoll);
    this.#clips = new Clips({
      clock,
      preRoll: this.#preRoll,
      open: (wish, start, number) => new RecordingFile(this.#place(wish, start, number), ffmpeg),
      close: (file, complete, wish) => this.#finish("clips", file, complete, wish),
      failed: (error) => {
        this.#report(error);
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
        open: (start) => new RecordingFile(this.#folder.file("segments", start), ffmpeg),
        close: (file, complete) => {
          this.#finish("segments", file, complete).catch((error: unknown) => {
            this.#report(error);
          });
        },
      });
    }
    this.#keeper = new StreamKeeper(
      { name: source.name, purpose: "video", ffmpeg },
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
    return { ...this.#keeper.statistics, recording: this.#recording, preRollBytes: this.#preRoll.bytes };
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
  record(wish: ClipWish): Promise<void> {
    // A name that leads out of the folder is told before anything is recorded.
    this.#place(wish, 0, 1);
    const recorded = this.#clips.record(wish);
    if (!this.#keeper.running) {
      this.#forClip = true;
      this.#keeper.start();
    } else if (this.#stream.name === "waiting") {
      this.#clips.interrupt(this.#stream.error);
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
    await Promise.race([this.#turn, given]);
    clearTimeout(timeout);
  }

  get #recording(): boolean {
    return this.#wanted || this.#segments?.file !== undefined;
  }

  #place(wish: ClipWish, start: number, number: number): string {
    const chosen = wish.folder !== undefined || wish.filename !== undefined;
    return chosen ? this.#folder.chosen(wish, start, number) : this.#folder.file("clips", start);
  }

  #launch(open: RecorderDependencies["run"], binary: FfmpegBinary, run: Run): RunningProcess {
    const splitter = new TsSplitter();
    const stamps = new StampWatch(this.#options.stallTimeout);
    let begun = false;
    return open(binary, this.#options, {
      onData: (chunk) => {
        if (run.over) return;
        const time = this.#now();
        for (const part of splitter.push(chunk)) {
          // Pictures of two connections do not belong together.
          if (!begun && part.picture?.keyframe !== true) continue;
          if (!begun) this.#preRoll.clear();
          begun = true;
          if (part.picture !== undefined && stamps.jumped(part.picture.seconds, time)) {
            run.startAnew();
            return;
          }
          this.#preRoll.push({ ...part, time });
          this.#clips.push({ ...part, time });
          this.#segments?.push({ ...part, time });
          if (part.picture !== undefined) run.alive(this.#options.stallTimeout * 1000);
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
    this.emit("state", { stream: this.#stream, recording: this.#recording });
  }

  #finish(kind: RecordingKind, file: GrowingFile, complete: boolean, wish?: ClipWish): Promise<void> {
    const finished = this.#turn.then(async () => {
      const facts = await file.finish(this.#closing.signal);
      this.#reported.delete("FILE_WRITE");
      const recorded: Recorded = {
        ...facts,
        kind: kind === "clips" ? "clip" : "segment",
        camera: this.#camera,
        complete,
      };
      this.emit("recorded", recorded, wish?.trigger);
    });
    this.#turn = finished.catch(() => undefined).then(() => this.#tidy(kind));
    return finished;
  }

  /** Also after a failure: the disk may be full of what was recorded. */
  async #tidy(kind: RecordingKind): Promise<void> {
    const { maxBytes } = this.#options;
    const growing = kind === "clips" ? this.#clips.file : this.#segments?.file;
    // What cannot be deleted now is tried again after the next file.
    if (maxBytes !== undefined) await this.#folder.keepNewest(kind, maxBytes, growing).catch(() => undefined);
  }

  /** A full disk fails each file anew; it is told once. */
  #report(thrown: unknown): void {
    const error = thrown as SurveillanceError;
    if (this.#closing.signal.aborted || this.#reported.has(error.code)) return;
    this.#reported.add(error.code);
    this.emit("failure", error);
  }
}
