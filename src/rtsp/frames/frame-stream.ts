import { systemClock } from "../../core/clock";
import type { SourceHandler, StartableSource } from "../../events/source";
import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import type { FrameInfo } from "../../media/frame";
import {
  StreamKeeper,
  type KeeperDependencies,
  type KeeperOptions,
  type KeeperStatistics,
  type Run,
  type RunningProcess,
} from "../stream-keeper";
import type { StreamSource } from "../stream-url";
import type { FrameOptions } from "./frame-arguments";
import { FrameProcess, type FrameProcessEvents, type TimedFrame } from "./frame-process";

export interface FrameStreamOptions
  extends Omit<FrameOptions, "timeout">, Pick<KeeperOptions, "ffmpeg" | "maxBackoff"> {
  source: StreamSource;
  /** The value of `frame.camera`. @default host and path of the source */
  camera?: string | undefined;
  /** Seconds without a frame after which the stream restarts. */
  stallTimeout: number;
}

export interface Frame {
  /** A JPEG file, or raw RGB rows without padding. */
  data: Buffer;
  info: FrameInfo;
}

export interface FrameRate {
  /** Frames per second, averaged over the last 10 frames. */
  fps: number;
}

export interface FrameStatistics extends KeeperStatistics, FrameRate {
  frames: number;
  /** Frames that a newer frame replaced before their delivery. */
  dropped: number;
}

export interface FrameDependencies extends KeeperDependencies {
  run: (
    binary: FfmpegBinary,
    source: StreamSource,
    options: FrameOptions,
    events: FrameProcessEvents,
  ) => RunningProcess;
}

const openProcess: FrameDependencies["run"] = (...args) => new FrameProcess(...args);

/** The frames of one RTSP stream. */
export class FrameStream implements StartableSource {
  readonly #options: FrameStreamOptions;
  readonly #handler: SourceHandler<Frame, FrameRate>;
  readonly #keeper: StreamKeeper;
  readonly #now: () => number;
  #index = 0;
  #arrivals: number[] = [];
  #dropped = 0;

  constructor(
    options: FrameStreamOptions,
    handler: SourceHandler<Frame, FrameRate>,
    dependencies: Partial<FrameDependencies> = {},
  ) {
    this.#options = options;
    this.#handler = handler;
    const { run: open = openProcess, ...others } = dependencies;
    const { source, ffmpeg, stallTimeout, maxBackoff } = options;
    const clock = others.clock ?? systemClock;
    this.#now = () => clock.now();
    this.#keeper = new StreamKeeper(
      { name: source.name, purpose: "image", ffmpeg, maxBackoff },
      (binary, run) => open(binary, source, { ...options, timeout: stallTimeout }, this.#eventsOf(run)),
      {
        state: (state) => {
          if (state.kind === "connecting") this.#arrivals = [];
          // Each frame reports the state "connected" with the rate.
          if (state.kind !== "connected") handler.state(state);
        },
        failure: (error) => {
          handler.failure(error);
        },
      },
      others,
    );
  }

  get running(): boolean {
    return this.#keeper.running;
  }

  get statistics(): FrameStatistics {
    const { state, ...others } = this.#keeper.statistics;
    return {
      state,
      fps: this.#fps(),
      frames: this.#index - this.#dropped,
      dropped: this.#dropped,
      ...others,
    };
  }

  start(): void {
    if (this.running) return;
    this.#index = 0;
    this.#dropped = 0;
    this.#keeper.start();
  }

  stop(): Promise<void> {
    return this.#keeper.stop();
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }

  #eventsOf(run: Run): FrameProcessEvents {
    return {
      onFrame: (frame) => {
        if (!run.over) this.#deliver(frame, run);
      },
      onDropped: (count) => {
        if (run.over) return;
        this.#index += count;
        this.#dropped += count;
      },
      onSizeChange: () => {
        run.restart();
      },
      onEnd: (end) => {
        run.ended(end);
      },
    };
  }

  #deliver(frame: TimedFrame, run: Run): void {
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
    // A slow rate is not a stall: the timeout covers at least three frames.
    run.alive(Math.max(stallTimeout, 3 / fps) * 1000);
    this.#handler.state({ kind: "connected", fps: this.#fps() });
    void this.#handler.event({ data: frame.data, info });
  }

  #fps(): number {
    const [first, last] = [this.#arrivals[0], this.#arrivals.at(-1)];
    if (first === undefined || last === undefined || last === first) return 0;
    return Math.round(((this.#arrivals.length - 1) / ((last - first) / 1000)) * 10) / 10;
  }
}
