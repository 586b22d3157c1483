import { backoff } from "../core/backoff";
import { systemClock, type Clock } from "../core/clock";
import { SurveillanceError, toError } from "../core/errors";
import { Once } from "../core/once";
import { Serial } from "../core/serial";
import type { SourceHandler, SourceState, StartableSource } from "../events/source";
import { findFfmpeg, type FfmpegBinary } from "../ffmpeg/ffmpeg-binary";
import type { ProcessEnd } from "../ffmpeg/ffmpeg-process";
import { streamFailure, type StreamPurpose } from "./stream-failure";

/** Settings of every stream that is kept running. */
export interface KeeperOptions {
  /** The path of ffmpeg, when the user named one. */
  ffmpeg?: string | undefined;
  /** Seconds: the longest pause between two attempts. @default 10 */
  maxBackoff?: number | undefined;
  /** Prepares the camera before each connection. Its failure is the stream's. Aborted when the stream is stopped. */
  prepare?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

export interface KeptStream extends KeeperOptions {
  /** The camera, without secrets. */
  name: string;
  /** What the stream is opened for, as its errors call it. */
  purpose: StreamPurpose;
}

export interface KeeperStatistics {
  state: "stopped" | "connecting" | "streaming" | "waiting";
  restarts: number;
  lastError?: { code: string; message: string };
}

/** A process that runs; tests put another in its place. */
export interface RunningProcess {
  /** Resolves once it is gone. Never rejects. */
  stop(): Promise<void>;
}

/** One run as its process sees it. Once the run is over, nobody listens any more. */
export interface Run {
  /** @param milliseconds how long the next sign of life may take */
  alive(milliseconds: number): void;
  ended(end: ProcessEnd): void;
  /** Nothing failed, but another process has to go on. */
  startAnew(): void;
  readonly over: boolean;
}

export type Launch = (binary: FfmpegBinary, run: Run) => RunningProcess;

/** Listens to a keeper. It has no events of its own: they come from the process. */
export type KeeperHandler = Pick<SourceHandler<never>, "state" | "failure">;

export interface KeeperDependencies {
  clock: Clock;
  random: () => number;
  find: (setting: string | undefined) => Promise<FfmpegBinary>;
}

const defaults: KeeperDependencies = {
  clock: systemClock,
  random: Math.random,
  find: (setting) => findFfmpeg({ setting }),
};

/** How the states of a keeper are called in its statistics. */
const words: Partial<Record<SourceState["kind"], KeeperStatistics["state"]>> = {
  connecting: "connecting",
  connected: "streaming",
  retrying: "waiting",
};

/** Pauses double from 1 s, each spread by ±50 %, so that cameras do not come back in step. */
const FIRST_PAUSE_MS = 1000;
const JITTER = [0.5, 1.5] as const;
/** Seconds: how much later than its camera a stream may be back. */
const DEFAULT_MAX_BACKOFF = 10;
/** How long the first sign of life may take: the connection, and a keyframe, which some cameras send every 10 s. */
const FIRST_SIGN_MS = 20_000;
/** After this long without a failure, the next one is treated as the first. */
const HEALTHY_MS = 60_000;
/** A run that lasted longer did start. */
const LASTED_MS = 5000;
/** A wrong login is not repeated sooner: seven of them lock the account of many cameras for half an hour. */
const UNAUTHORIZED_RETRY_MS = 15 * 60_000;

/**
 * Keeps ffmpeg running on one stream. It starts ffmpeg anew when it ends, fails or stalls, with growing pauses, until
 * it is stopped. It reports a fault again only after a minute without one.
 */
export class StreamKeeper implements StartableSource {
  readonly #stream: KeptStream;
  readonly #launch: Launch;
  readonly #handler: KeeperHandler;
  readonly #dependencies: KeeperDependencies;
  readonly #stopping = new Serial();
  readonly #reported = new Once();
  #state: SourceState = { kind: "stopped" };
  #current: CurrentRun | undefined;
  /** Pauses since the last healthy run. */
  #pauses = 0;
  #cancelTimer: () => void = () => undefined;
  #cancelHealthy: () => void = () => undefined;
  #restarts = 0;
  #lastError: SurveillanceError | undefined;

  constructor(
    stream: KeptStream,
    launch: Launch,
    handler: KeeperHandler,
    dependencies: Partial<KeeperDependencies> = {},
  ) {
    this.#stream = stream;
    this.#launch = launch;
    this.#handler = handler;
    this.#dependencies = { ...defaults, ...dependencies };
  }

  get running(): boolean {
    return this.#state.kind !== "stopped";
  }

  get statistics(): KeeperStatistics {
    const state = words[this.#state.kind] ?? "stopped";
    return { state, restarts: this.#restarts, ...lastErrorOf(this.#lastError) };
  }

  /** Begins to connect; does nothing when it is running. */
  start(): void {
    if (this.running) return;
    this.#restarts = 0;
    this.#lastError = undefined;
    this.#forget();
    this.#connect();
  }

  /** Resolves when ffmpeg is gone, within 2 s whatever it is doing. */
  stop(): Promise<void> {
    this.#endRun();
    this.#enter({ kind: "stopped" });
    return this.#stopping.settled();
  }

  /** The same as `stop`. */
  close(): Promise<void> {
    return this.stop();
  }

  #connect(): void {
    this.#enter({ kind: "connecting" });
    const run = this.#newRun();
    this.#current = run;
    this.#open(run).catch((thrown: unknown) => {
      if (!run.over) this.#fail(asFailure(thrown));
    });
  }

  async #open(run: CurrentRun): Promise<void> {
    await this.#stopping.settled();
    const { signal } = run.ending;
    const binary = await this.#dependencies.find(this.#stream.ffmpeg);
    signal.throwIfAborted();
    await this.#stream.prepare?.(signal);
    signal.throwIfAborted();
    run.process = this.#launch(binary, run);
    this.#watch(FIRST_SIGN_MS);
    this.#cancelHealthy = this.#dependencies.clock.after(HEALTHY_MS, () => {
      this.#forget();
    });
  }

  #newRun(): CurrentRun {
    const run: CurrentRun = {
      startedAt: this.#dependencies.clock.now(),
      ending: new AbortController(),
      process: undefined,
      get over() {
        return this.ending.signal.aborted;
      },
      alive: (milliseconds) => {
        if (run.over) return;
        this.#watch(milliseconds);
        if (this.#state.kind !== "connected") this.#enter({ kind: "connected" });
      },
      ended: (end) => {
        if (!run.over) this.#fail(streamFailure(this.#stream.name, end, this.#stream.purpose));
      },
      // The camera works, so there is no pause, unless this happens again and again.
      startAnew: () => {
        if (run.over) return;
        const lasted = this.#dependencies.clock.now() - run.startedAt > LASTED_MS;
        this.#endRun();
        this.#connectIn(lasted ? 0 : this.#nextPause());
      },
    };
    return run;
  }

  #watch(milliseconds: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#dependencies.clock.after(milliseconds, () => {
      const { name, purpose } = this.#stream;
      const message = `${name}: no ${purpose} for ${Math.round(milliseconds / 1000)} s.`;
      this.#fail(new SurveillanceError("RTSP_TIMEOUT", message, { advice: "The stream is started anew." }));
    });
  }

  #fail(error: SurveillanceError): void {
    this.#endRun();
    this.#lastError = error;
    const delay = error.retry === "credentials" ? UNAUTHORIZED_RETRY_MS : this.#nextPause();
    this.#enter({ kind: "retrying", error, retryMs: delay });
    this.#connectIn(delay);
    // A device that refused the password is not asked again: that is still the same fault.
    const fault = error.retry === "credentials" ? error.retry : error.code;
    if (this.#reported.first(fault)) this.#handler.failure(error);
  }

  /** Milliseconds */
  #nextPause(): number {
    const max = (this.#stream.maxBackoff ?? DEFAULT_MAX_BACKOFF) * 1000;
    const rhythm = { first: FIRST_PAUSE_MS, max, jitter: JITTER };
    return backoff(this.#pauses++, rhythm, this.#dependencies.random);
  }

  /** The faults are over: the next one is reported, and its pause is short. */
  #forget(): void {
    this.#pauses = 0;
    this.#reported.clear();
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
    const run = this.#current;
    this.#current = undefined;
    if (run === undefined) return;
    run.ending.abort();
    const process = run.process;
    if (process !== undefined) void this.#stopping.run(() => process.stop());
  }

  #enter(state: SourceState): void {
    this.#state = state;
    this.#handler.state(state);
  }
}

interface CurrentRun extends Run {
  startedAt: number;
  ending: AbortController;
  /** Absent until ffmpeg was found. */
  process: RunningProcess | undefined;
}

/** An error as statistics show it, where there is one. */
export function lastErrorOf(error: SurveillanceError | undefined): Pick<KeeperStatistics, "lastError"> {
  return error === undefined ? {} : { lastError: { code: error.code, message: error.message } };
}

function asFailure(thrown: unknown): SurveillanceError {
  return thrown instanceof SurveillanceError
    ? thrown
    : new SurveillanceError("RTSP_FAILED", `ffmpeg could not be started: ${toError(thrown).message}.`);
}
