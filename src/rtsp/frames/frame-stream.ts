import { EventEmitter } from "node:events";
import { systemClock } from "../../core/clock";
import type { SurveillanceError } from "../../core/errors";
import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import type { FrameInfo } from "../../media/frame";
import {
  StreamKeeper,
  type KeeperDependencies,
  type KeeperState,
  type KeeperStatistics,
  type Run,
  type RunningProcess,
} from "../stream-keeper";
import type { StreamSource } from "../stream-url";
import type { FrameOptions } from "./frame-arguments";
import { FrameProcess, type FrameProcessEvents, type TimedFrame } from "./frame-process";

export interface FrameStreamOptions extends Omit<FrameOptions, "timeout"> {
  source: StreamSource;
  /** What `frame.camera` says; the source's host and path when absent. */
  camera?: string | undefined;
  /** The path of ffmpeg, when the user named one. */
  ffmpeg?: string | undefined;
  /** Seconds without a frame after which the stream is started anew. */
  stallTimeout: number;
  /** Seconds: the longest pause between two attempts; default 10. */
  maxBackoff?: number | undefined;
}

export interface Frame {
  /** A JPEG file, or raw RGB rows without padding. */
  data: Buffer;
  info: FrameInfo;
}

export type StreamState = Exclude<KeeperState, { name: "streaming" }> | { name: "streaming"; fps: number };

export interface StreamStatistics extends KeeperStatistics {
  /** Frames a second, over the last few. */
  fps: number;
  frames: number;
  /** Frames that were not delivered because a newer one had arrived. */
  dropped: number;
}

interface StreamEvents {
  frame: [Frame];
  state: [StreamState];
  /** A failure that was not reported since the stream last ran well; the stream goes on trying. */
  failure: [SurveillanceError];
}

export interface StreamDependencies extends KeeperDependencies {
  run: (
    binary: FfmpegBinary,
    source: StreamSource,
    options: FrameOptions,
    events: FrameProcessEvents,
  ) => RunningProcess;
}

const openProcess: StreamDependencies["run"] = (...args) => new FrameProcess(...args);

/** The frames of one RTSP stream, kept running. */
export class FrameStream extends EventEmitter<StreamEvents> {
  readonly #options: FrameStreamOptions;
  readonly #keeper: StreamKeeper;
  readonly #now: () => number;
  #index = 0;
  #arrivals: number[] = [];
  #dropped = 0;

  constructor(options: FrameStreamOptions, dependencies: Partial<StreamDependencies> = {}) {
    super();
    this.#options = options;
    const { run: open = openProcess, ...others } = dependencies;
    const { source, ffmpeg, stallTimeout, maxBackoff } = options;
    const clock = others.clock ?? systemClock;
    this.#now = () => clock.now();
    this.#keeper = new StreamKeeper(
      { name: source.name, purpose: "image", ffmpeg, maxBackoff },
      (binary, run) => open(binary, source, { ...options, timeout: stallTimeout }, this.#eventsOf(run)),
      others,
    );
    this.#keeper.on("failure", (error) => {
      this.emit("failure", error);
    });
    this.#keeper.on("state", (state) => {
      if (state.name === "connecting") this.#arrivals = [];
      this.emit("state", state.name === "streaming" ? { ...state, fps: this.#fps() } : state);
    });
  }

  get running(): boolean {
    return this.#keeper.running;
  }

  get statistics(): StreamStatistics {
    const { state, ...others } = this.#keeper.statistics;
    return {
      state,
      fps: this.#fps(),
      frames: this.#index - this.#dropped,
      dropped: this.#dropped,
      ...others,
    };
  }

  /** Begins to connect; does nothing when it is running. */
  start(): void {
    if (this.running) return;
    this.#index = 0;
    this.#dropped = 0;
    this.#keeper.start();
  }

  /** Resolves when ffmpeg is gone, within 2 s whatever it is doing. */
  stop(): Promise<void> {
    return this.#keeper.stop();
  }

  #eventsOf(run: Run): FrameProcessEvents {
    return {
      onFrame: (frame) => {
        if (!run.over) this.#take(frame, run);
      },
      onDropped: (count) => {
        if (run.over) return;
        this.#index += count;
        this.#dropped += count;
      },
      onSizeChange: () => {
        run.startAnew();
      },
      onEnd: (end) => {
        run.ended(end);
      },
    };
  }

  #take(frame: TimedFrame, run: Run): void {
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
    this.#arrivals = [...this.#arrivals, this.#now()].slice(-10);
    // A slow rate is no stall: three frames may be missing.
    run.alive(Math.max(stallTimeout, 3 / fps) * 1000);
    this.emit("frame", { data: frame.data, info });
  }

  #fps(): number {
    const [first, last] = [this.#arrivals[0], this.#arrivals.at(-1)];
    if (first === undefined || last === undefined || last === first) return 0;
    return Math.round(((this.#arrivals.length - 1) / ((last - first) / 1000)) * 10) / 10;
  }
}
