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
  /** Names the folder of its recordings; the source's host and path when absent. */
  camera?: string | undefined;
  /** `off` connects only for a clip; `clips` keeps what comes before it; `segments` records all the time as well. */
  mode: "off" | "clips" | "segments";
  /** Absolute path */
  folder: string;
  /** Seconds that are kept for clips. */
  preRoll: number;
  /** Seconds of a segment. */
  segment: number;
  /** Of the camera's clips, and as much again of its segments. Undefined sets no limit. */
  maxBytes?: number | undefined;
}

export interface RecorderEvent {
  recorded: Recorded;
  /** The trigger of the request for a clip; undefined for segments. */
  trigger: unknown;
}

/** Of a recorder that is connected: whether a clip or a segment is being written. */
export interface RecorderActivity {
  recording: boolean;
}

export interface RecorderStatistics extends KeeperStatistics, RecorderActivity {
  /** What is kept for clips. */
  preRollBytes: number;
}

export interface RecorderDependencies extends KeeperDependencies {
  /** Measures how long something lasts. */
  steady: Clock;
  run: (binary: FfmpegBinary, options: RecordProcessOptions, events: RecordProcessEvents) => RunningProcess;
}

/** Of the bytes that all segments may have, so that deleting the oldest is enough. */
const SEGMENT_SHARE = 1 / 4;
/** How long closing waits for the last file. */
const LAST_FILE_MS = 1500;

/**
 * Records a stream into MP4 files without changing its frames. The failure of a requested clip goes to whoever waits for
 * it; all others go to the handler.
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
  /** Whoever waits for a clip was told why the stream failed. */
  #failureTold = false;

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
          if (!this.#failureTold) handler.failure(error);
        },
      },
      others,
    );
  }

  /** Whether the stream is on for more than one clip. */
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

  /** Begins to connect, unless the mode is `off`: then each clip connects. */
  start(): void {
    if (this.#options.mode === "off") return;
    this.#forClip = false;
    this.#keeper.start();
  }

  /**
   * Begins a clip, or prolongs the present one. A stream that is not running is started for this clip.
   *
   * @returns resolves when the clip is complete, after the event with it
   * @throws {SurveillanceError} why there is no clip: what the stream failed with, FILE_WRITE, QUEUE_FULL, CLOSED
   */
  record(request: ClipRequest): Promise<void> {
    // A name that leads out of the folder is refused before anything is recorded.
    this.#folder.check(request);
    const recorded = this.#clips.record(request);
    if (!this.#keeper.running) {
      this.#forClip = true;
      this.#keeper.start();
    } else if (this.#stream.kind !== "connected") {
      // The frames of the connection before are a file of their own.
      this.#clips.interrupt(errorOf(this.#stream));
    }
    return recorded;
  }

  /** Resolves when ffmpeg is gone. The file that was being written is completed afterwards. */
  stop(): Promise<void> {
    this.#clips.stop();
    return this.#keeper.stop();
  }

  /** Resolves within 2 s, when ffmpeg is gone and the last file is complete or left unfinished. */
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
    return this.#hasClip || this.#segments?.file !== undefined;
  }

  /** @param since by the steady clock */
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
   * Stops a stream that runs for a clip only, when there is none. After a refused login it goes on waiting, so that the
   * next clip does not repeat the login: cameras lock accounts.
   */
  #stopUnlessNeeded(): void {
    // Later, because the stream's own failure may have ended the clip.
    setImmediate(() => {
      const refused = errorOf(this.#stream)?.retry === "credentials";
      if (this.#keeper.running && this.#forClip && !this.#hasClip && !refused) void this.#keeper.stop();
    });
  }

  #enter(state: SourceState): void {
    this.#stream = state;
    this.#stopUnlessNeeded();
    if (state.kind === "stopped") this.#preRoll.clear();
    if (state.kind !== "connected") {
      this.#segments?.interrupt();
      this.#failureTold = this.#clips.interrupt(errorOf(state));
    }
    this.#showState();
  }

  #showState(): void {
    this.#handler.state(this.#state());
  }

  /** A stream that is away comes before files that cannot be written. */
  #state(): SourceState<RecorderActivity> {
    const { fault } = this.#finisher;
    const { kind } = this.#stream;
    if (fault !== undefined && kind !== "stopped" && kind !== "retrying")
      return { kind: "failed", error: fault };
    return this.#stream.kind === "connected"
      ? { kind: "connected", recording: this.#recording }
      : this.#stream;
  }
}

/** Why there is no stream at present. */
function errorOf(state: SourceState): SurveillanceError | undefined {
  return state.kind === "retrying" ? state.error : undefined;
}

/** The whole URL without its secrets, because cameras may differ only in its query. */
function addressOf({ url, secrets }: StreamSource): string {
  return createRedactor(secrets)(url.replace(/\/\/[^@/]*@/, "//"));
}
