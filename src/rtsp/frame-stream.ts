import { EventEmitter } from "node:events";
import { systemClock, type Clock } from "../clock";
import { SurveillanceError, toError } from "../errors";
import type { FrameInfo } from "../frame";
import { Backoff } from "./backoff";
import { findFfmpeg, type FfmpegBinary } from "../ffmpeg/ffmpeg-binary";
import type { PictureOptions } from "./ffmpeg-arguments";
import {
  FrameProcess,
  type FrameProcessEnd,
  type FrameProcessEvents,
  type FrameSource,
  type TimedFrame,
} from "./frame-process";
import { streamFailure } from "./stream-failure";
import type { StreamSource } from "./stream-url";

export interface FrameStreamOptions extends Omit<PictureOptions, "timeout"> {
  source: StreamSource;
  /** What `frame.camera` says; the source's host and path when absent. */
  camera?: string | undefined;
  /** The path of ffmpeg, when the user named one. */
  ffmpeg?: string | undefined;
  /** Seconds without a picture after which the stream is started anew. */
  stallTimeout: number;
}

export interface Frame {
  /** A JPEG file, or raw RGB rows without padding. */
  data: Buffer;
  info: FrameInfo;
}

export type StreamState =
  | { name: "stopped" }
  | { name: "connecting" }
  | { name: "streaming"; fps: number }
  | { name: "waiting"; seconds: number; error: SurveillanceError };

export interface StreamStatistics {
  state: StreamState["name"];
  /** Pictures a second, over the last few. */
  fps: number;
  frames: number;
  /** Pictures that were not delivered because a newer one had arrived. */
  dropped: number;
  restarts: number;
  lastError?: { code: string; message: string };
}

interface StreamEvents {
  frame: [Frame];
  state: [StreamState];
  /** A failure that was not reported since the stream last ran well; the stream goes on trying. */
  failure: [SurveillanceError];
}

export interface StreamDependencies {
  clock: Clock;
  random: () => number;
  find: (setting: string | undefined) => Promise<FfmpegBinary>;
  run: (
    binary: FfmpegBinary,
    source: StreamSource,
    options: PictureOptions,
    events: FrameProcessEvents,
  ) => FrameSource;
}

const defaults: StreamDependencies = {
  clock: systemClock,
  random: Math.random,
  find: (setting) => findFfmpeg({ setting }),
  run: (...args) => new FrameProcess(...args),
};

interface Run {
  startedAt: number;
  /** Absent until ffmpeg was found. */
  source?: FrameSource;
  ended: boolean;
}

/** Time for the first picture: the connection, and the wait for a keyframe, which cameras send as rarely as every 10 s. */
const FIRST_PICTURE_MS = 20_000;
/** After this long without a failure, the next one is treated as the first. */
const HEALTHY_MS = 60_000;
/** A wrong log-in is not repeated sooner: seven of them lock many an account for half an hour. */
const UNAUTHORIZED_RETRY_MS = 15 * 60_000;

/**
 * The pictures of one RTSP stream, kept running: it is started anew when it ends, fails or stalls, with growing pauses,
 * until it is stopped.
 */
export class FrameStream extends EventEmitter<StreamEvents> {
  readonly #options: FrameStreamOptions;
  readonly #dependencies: StreamDependencies;
  readonly #backoff: Backoff;
  #state: StreamState = { name: "stopped" };
  /** The run that is on; one that is over no longer has a say. */
  #run: Run | undefined;
  #stopping: Promise<void> = Promise.resolve();
  #cancelTimer: () => void = () => undefined;
  #cancelHealthy: () => void = () => undefined;
  #index = 0;
  #arrivals: number[] = [];
  #dropped = 0;
  #restarts = 0;
  #lastError: SurveillanceError | undefined;
  #reported = new Set<string>();

  constructor(options: FrameStreamOptions, dependencies: Partial<StreamDependencies> = {}) {
    super();
    this.#options = options;
    this.#dependencies = { ...defaults, ...dependencies };
    this.#backoff = new Backoff(this.#dependencies.random);
  }

  get running(): boolean {
    return this.#state.name !== "stopped";
  }

  get statistics(): StreamStatistics {
    return {
      state: this.#state.name,
      fps: this.#fps(),
      frames: this.#index - this.#dropped,
      dropped: this.#dropped,
      restarts: this.#restarts,
      ...(this.#lastError === undefined
        ? {}
        : { lastError: { code: this.#lastError.code, message: this.#lastError.message } }),
    };
  }

  /** Begins to connect; does nothing when it is running. */
  start(): void {
    if (this.running) return;
    this.#index = 0;
    this.#dropped = 0;
    this.#restarts = 0;
    this.#lastError = undefined;
    this.#reported.clear();
    this.#backoff.reset();
    this.#connect();
  }

  /** Resolves when ffmpeg is gone, within 2 s whatever it is doing. */
  stop(): Promise<void> {
    this.#endRun();
    this.#enter({ name: "stopped" });
    return this.#stopping;
  }

  #connect(): void {
    this.#enter({ name: "connecting" });
    this.#arrivals = [];
    const run: Run = { startedAt: this.#dependencies.clock.now(), ended: false };
    this.#run = run;
    this.#stopping
      .then(() => this.#dependencies.find(this.#options.ffmpeg))
      .then((binary) => {
        if (!run.ended) this.#launch(run, binary);
      })
      .catch((thrown: unknown) => {
        if (!run.ended) this.#fail(asFailure(thrown));
      });
  }

  #launch(run: Run, binary: FfmpegBinary): void {
    const { source, stallTimeout } = this.#options;
    const unlessOver =
      <Args extends unknown[]>(react: (...args: Args) => void) =>
      (...args: Args): void => {
        if (!run.ended) react(...args);
      };
    run.source = this.#dependencies.run(
      binary,
      source,
      { ...this.#options, timeout: stallTimeout },
      {
        onFrame: unlessOver((frame: TimedFrame) => {
          this.#take(frame);
        }),
        onDropped: unlessOver((count: number) => {
          this.#index += count;
          this.#dropped += count;
        }),
        onSizeChange: unlessOver(() => {
          this.#startAnew();
        }),
        onEnd: unlessOver(({ words, ending }: FrameProcessEnd) => {
          this.#fail(streamFailure(source.name, words, ending));
        }),
      },
    );
    this.#watch(FIRST_PICTURE_MS);
    this.#cancelHealthy = this.#dependencies.clock.after(HEALTHY_MS, () => {
      this.#backoff.reset();
      this.#reported.clear();
    });
  }

  #take(frame: TimedFrame): void {
    const { camera, source, format, stallTimeout, fps } = this.#options;
    const info: FrameInfo = {
      index: this.#index++,
      time: new Date(frame.time).toISOString(),
      width: frame.width,
      height: frame.height,
      format,
      channels: 3,
      camera: camera ?? source.name,
    };
    this.#arrivals = [...this.#arrivals, this.#dependencies.clock.now()].slice(-10);
    // A slow rate is no stall: three pictures may be missing.
    this.#watch(Math.max(stallTimeout, 3 / fps) * 1000);
    this.#enter({ name: "streaming", fps: this.#fps() });
    this.emit("frame", { data: frame.data, info });
  }

  #watch(milliseconds: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#dependencies.clock.after(milliseconds, () => {
      const message = `${this.#options.source.name}: no picture for ${Math.round(milliseconds / 1000)} s.`;
      this.#fail(new SurveillanceError("RTSP_TIMEOUT", message, { advice: "The stream is started anew." }));
    });
  }

  /** The camera itself is well, so there is no pause, unless it keeps changing its size. */
  #startAnew(): void {
    const lasted = this.#run !== undefined && this.#dependencies.clock.now() - this.#run.startedAt > 5000;
    this.#endRun();
    this.#connectIn(lasted ? 0 : this.#backoff.next());
  }

  #fail(error: SurveillanceError): void {
    this.#endRun();
    this.#lastError = error;
    const delay = error.code === "RTSP_UNAUTHORIZED" ? UNAUTHORIZED_RETRY_MS : this.#backoff.next();
    this.#enter({ name: "waiting", seconds: Math.ceil(delay / 1000), error });
    this.#connectIn(delay);
    if (this.#reported.has(error.code)) return;
    this.#reported.add(error.code);
    this.emit("failure", error);
  }

  #connectIn(delay: number): void {
    this.#cancelTimer = this.#dependencies.clock.after(delay, () => {
      this.#restarts++;
      this.#connect();
    });
  }

  #endRun(): void {
    this.#cancelTimer();
    this.#cancelHealthy();
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    run.ended = true;
    const source = run.source;
    if (source !== undefined) this.#stopping = this.#stopping.then(() => source.stop());
  }

  #enter(state: StreamState): void {
    this.#state = state;
    this.emit("state", state);
  }

  #fps(): number {
    const [first, last] = [this.#arrivals[0], this.#arrivals.at(-1)];
    if (first === undefined || last === undefined || last === first) return 0;
    return Math.round(((this.#arrivals.length - 1) / ((last - first) / 1000)) * 10) / 10;
  }
}

function asFailure(thrown: unknown): SurveillanceError {
  return thrown instanceof SurveillanceError
    ? thrown
    : new SurveillanceError("RTSP_FAILED", `ffmpeg could not be started: ${toError(thrown).message}.`);
}
