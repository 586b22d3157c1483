import { steadyClock, systemClock, type Clock } from "../../core/clock";
import type { SurveillanceError } from "../../core/errors";
import { createRedactor } from "../../core/redact";
import type { SourceHandler, SourceState, StartableSource } from "../../events/source";
import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import {
  lastErrorOf,
  StreamKeeper,
  type KeeperDependencies,
  type KeeperOptions,
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
import { TimestampWatch } from "./timestamp-watch";
import { TsSplitter } from "./ts-splitter";

export interface RecorderOptions extends RecordProcessOptions, Pick<KeeperOptions, "ffmpeg" | "maxBackoff"> {
  /** The name of the folder for the recordings. @default host and path of the source */
  camera?: string | undefined;
  /** `off` connects only for a clip. `clips` stays connected for the pre-roll. `segments` also records all the time. */
  mode: "off" | "clips" | "segments";
  /** Absolute path */
  folder: string;
  /** Seconds of the stream in memory, for clips. */
  preRoll: number;
  /** Duration of a segment in seconds. */
  segment: number;
  /** The limit for the clips of the camera, and the same limit for its segments. Undefined means no limit. */
  maxBytes?: number | undefined;
}

export interface RecorderEvent {
  recorded: Recorded;
  /** The trigger of a clip; undefined for segments. */
  trigger: unknown;
}

/** The activity of a connected recorder. */
export interface RecorderActivity {
  /** Whether the recorder writes a clip or a segment. */
  recording: boolean;
}

export interface RecorderStatistics extends KeeperStatistics, RecorderActivity {
  /** Bytes of the stream in memory, for clips. */
  preRollBytes: number;
}

export interface RecorderDependencies extends KeeperDependencies {
  /** Measures durations. */
  steady: Clock;
  run: (binary: FfmpegBinary, options: RecordProcessOptions, events: RecordProcessEvents) => RunningProcess;
}

/** The largest share of one segment in the limit of all segments, so that it is enough to delete the oldest. */
const SEGMENT_SHARE = 1 / 4;
/** The longest wait of `close` for the last file. */
const LAST_FILE_MS = 1500;

/**
 * Records a stream into MP4 files without changing its frames. The failure of a requested clip rejects its request. All
 * other failures go to the handler.
 */
export class Recorder implements StartableSource {
  readonly #options: RecorderOptions;
  readonly #handler: SourceHandler<RecorderEvent, RecorderActivity>;
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
  #stream: SourceState = { kind: "stopped" };
  /** The stream runs only while a clip is requested. */
  #forClip = false;
  #hasClip = false;
  /** A waiting request received the failure of the stream. */
  #isFailureReported = false;

  constructor(
    options: RecorderOptions,
    handler: SourceHandler<RecorderEvent, RecorderActivity>,
    dependencies: Partial<RecorderDependencies> = {},
  ) {
    this.#options = options;
    this.#handler = handler;
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
        void handler.event({ recorded, trigger });
      },
      failed: (error) => {
        handler.failure(error);
      },
      changed: () => {
        this.#showState();
      },
    });
    this.#preRoll = new PreRoll(options.preRoll);
    this.#clips = new Clips({
      clock: steady,
      preRoll: this.#preRoll,
      open: (request, since, number) =>
        this.#newFile(since, (start) => this.#folder.clip(request, start, number)),
      close: (file, complete, { trigger }) => this.#finisher.finish("clips", file, complete, trigger),
      failed: (error) => {
        this.#finisher.report(error);
      },
      active: (active) => {
        this.#hasClip = active;
        this.#showState();
        this.#stopUnlessNeeded();
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
      {
        state: (state) => {
          this.#enter(state);
        },
        failure: (error) => {
          if (!this.#isFailureReported) handler.failure(error);
        },
      },
      others,
    );
  }

  /** Whether the stream runs for more than one clip. */
  get running(): boolean {
    return this.#keeper.running && !this.#forClip;
  }

  get statistics(): RecorderStatistics {
    return {
      ...this.#keeper.statistics,
      ...lastErrorOf(this.#finisher.failure),
      recording: this.#recording,
      preRollBytes: this.#preRoll.bytes,
    };
  }

  /** Connects, unless the mode is `off`: then each clip connects. */
  start(): void {
    if (this.#options.mode === "off") return;
    this.#forClip = false;
    this.#keeper.start();
  }

  /**
   * Begins a clip, or extends the current one. If the stream is not running, it starts for this clip.
   *
   * @returns resolves when the clip is complete, after its event
   * @throws {SurveillanceError} the failure of the stream, FILE_WRITE, QUEUE_FULL, CLOSED
   */
  record(request: ClipRequest): Promise<void> {
    // An invalid file name is rejected before the recording begins.
    this.#folder.check(request);
    const recorded = this.#clips.record(request);
    if (!this.#keeper.running) {
      this.#forClip = true;
      this.#keeper.start();
    } else if (this.#stream.kind !== "connected") {
      // The frames of the previous connection go into a separate file.
      this.#clips.interrupt(errorOf(this.#stream));
    }
    return recorded;
  }

  /** Stops the stream; resolves when ffmpeg has exited. The last file is completed afterwards. */
  stop(): Promise<void> {
    this.#clips.stop();
    return this.#keeper.stop();
  }

  /** Stops the stream; resolves within 2 s. The last file is then complete, or stays unfinished. */
  async close(): Promise<void> {
    const timeout = setTimeout(() => {
      this.#closing.abort();
    }, LAST_FILE_MS);
    const timedOut = new Promise((resolve) => {
      this.#closing.signal.addEventListener("abort", resolve);
    });
    await this.stop();
    await Promise.race([this.#finisher.settled(), timedOut]);
    clearTimeout(timeout);
  }

  get #recording(): boolean {
    return this.#hasClip || this.#segments?.file !== undefined;
  }

  /** Opens a file. @param since the time of its first frame by the steady clock */
  #newFile(since: number, place: (start: number) => string): RecordingFile {
    const start = Math.round(this.#clock.now() - (this.#steady.now() - since));
    return new RecordingFile(place(start), start, this.#options.ffmpeg);
  }

  #launch(open: RecorderDependencies["run"], binary: FfmpegBinary, run: Run): RunningProcess {
    const splitter = new TsSplitter();
    const stamps = new TimestampWatch(this.#options.stallTimeout);
    let begun = false;
    return open(binary, this.#options, {
      onData: (chunk) => {
        if (run.over) return;
        const time = this.#steady.now();
        for (const part of splitter.push(chunk)) {
          // Frames of two connections must not be mixed.
          if (!begun && part.frame?.keyframe !== true) continue;
          if (!begun) this.#preRoll.clear();
          begun = true;
          if (part.frame !== undefined && stamps.jumped(part.frame.seconds, time)) {
            run.restart();
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
   * Stops a stream that runs only for a clip, if there is no clip. After a rejected login, the stream keeps waiting:
   * the next clip must not repeat the login, because cameras lock accounts.
   */
  #stopUnlessNeeded(): void {
    // Later, because the failure of the stream may have ended the clip.
    setImmediate(() => {
      const isRejected = errorOf(this.#stream)?.retry === "credentials";
      if (this.#keeper.running && this.#forClip && !this.#hasClip && !isRejected) void this.#keeper.stop();
    });
  }

  #enter(state: SourceState): void {
    this.#stream = state;
    this.#stopUnlessNeeded();
    if (state.kind === "stopped") this.#preRoll.clear();
    if (state.kind !== "connected") {
      this.#segments?.interrupt();
      this.#isFailureReported = this.#clips.interrupt(errorOf(state));
    }
    this.#showState();
  }

  #showState(): void {
    this.#handler.state(this.#state());
  }

  /** Returns the state to show: a failure of the stream comes before a failure of the files. */
  #state(): SourceState<RecorderActivity> {
    const { failure } = this.#finisher;
    const { kind } = this.#stream;
    if (failure !== undefined && kind !== "stopped" && kind !== "retrying")
      return { kind: "failed", error: failure };
    return this.#stream.kind === "connected"
      ? { kind: "connected", recording: this.#recording }
      : this.#stream;
  }
}

/** Returns the reason why there is no stream. */
function errorOf(state: SourceState): SurveillanceError | undefined {
  return state.kind === "retrying" ? state.error : undefined;
}

/** Returns the whole URL without its secrets, because two cameras may differ only in the query. */
function addressOf({ url, secrets }: StreamSource): string {
  return createRedactor(secrets)(url.replace(/\/\/[^@/]*@/, "//"));
}
