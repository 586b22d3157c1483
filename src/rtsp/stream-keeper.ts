import { backoff } from "../core/backoff";
import { systemClock, type Clock } from "../core/clock";
import { SurveillanceError, toError } from "../core/errors";
import { Once } from "../core/once";
import { Serial } from "../core/serial";
import type { SourceHandler, SourceState, StartableSource } from "../events/source";
import { findFfmpeg, type FfmpegBinary } from "../ffmpeg/ffmpeg-binary";
import type { ProcessEnd } from "../ffmpeg/ffmpeg-process";
import { streamFailure, type StreamPurpose } from "./stream-failure";

/** The common options of all streams. */
export interface KeeperOptions {
  /** The path of ffmpeg, if the user set one. */
  ffmpeg?: string | undefined;
  /** Seconds: the longest pause between two attempts. @default 10 */
  maxBackoff?: number | undefined;
  /** Prepares the camera before each connection. Its failure is a failure of the stream. `stop` aborts the signal. */
  prepare?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

export interface KeptStream extends KeeperOptions {
  /** The name of the camera, without secrets. */
  name: string;
  /** The use of the stream, as error messages name it. */
  purpose: StreamPurpose;
}

export interface KeeperStatistics {
  state: "stopped" | "connecting" | "streaming" | "waiting";
  restarts: number;
  lastError?: { code: string; message: string };
}

/** A running process; tests replace it. */
export interface RunningProcess {
  /** Resolves when the process has exited. Never rejects. */
  stop(): Promise<void>;
}

/** One run, as its process sees it. After its end, it ignores all reports of the process. */
export interface Run {
  /** Reports data. @param milliseconds the longest wait for the next data */
  alive(milliseconds: number): void;
  ended(end: ProcessEnd): void;
  /** Replaces the process without a failure. */
  restart(): void;
  readonly over: boolean;
}

export type Launch = (binary: FfmpegBinary, run: Run) => RunningProcess;

/** The callbacks of a keeper. The events come from the process. */
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

/** The names of the states in the statistics. */
const stateNames: Partial<Record<SourceState["kind"], KeeperStatistics["state"]>> = {
  connecting: "connecting",
  connected: "streaming",
  retrying: "waiting",
};

/** Pauses double from 1 s, with a jitter of ±50 %, so that many cameras do not reconnect at the same time. */
const FIRST_PAUSE_MS = 1000;
const JITTER = [0.5, 1.5] as const;
/** Seconds: the longest time without a stream after its camera is back. */
const DEFAULT_MAX_BACKOFF = 10;
/** The longest wait for the first data: the connection, and a keyframe, which some cameras send every 10 s. */
const FIRST_SIGN_MS = 20_000;
/** After this time without a failure, the next failure counts as the first one. */
const HEALTHY_MS = 60_000;
/** A run that ends sooner delays the restart. */
const SHORT_RUN_MS = 5000;
/** The pause after a wrong login: on many cameras, seven wrong logins lock the account for half an hour. */
const UNAUTHORIZED_RETRY_MS = 15 * 60_000;

/**
 * Keeps ffmpeg running on one stream. It restarts ffmpeg with growing pauses when ffmpeg ends, fails or stalls. It
 * reports the same failure again only after a minute without failures.
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
    const state = stateNames[this.#state.kind] ?? "stopped";
    return { state, restarts: this.#restarts, ...lastErrorOf(this.#lastError) };
  }

  /** Connects; does nothing if the stream is running. */
  start(): void {
    if (this.running) return;
    this.#restarts = 0;
    this.#lastError = undefined;
    this.#forgetFailures();
    this.#connect();
  }

  /** Stops the stream; resolves when ffmpeg has exited, always within 2 s. */
  stop(): Promise<void> {
    this.#endRun();
    this.#enter({ kind: "stopped" });
    return this.#stopping.settled();
  }

  /** Does the same as `stop`. */
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
      this.#forgetFailures();
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
      // The camera works, so there is no pause, unless this repeats within seconds.
      restart: () => {
        if (run.over) return;
        const lasted = this.#dependencies.clock.now() - run.startedAt > SHORT_RUN_MS;
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
      this.#fail(new SurveillanceError("RTSP_TIMEOUT", message, { advice: "The node restarts the stream." }));
    });
  }

  #fail(error: SurveillanceError): void {
    this.#endRun();
    this.#lastError = error;
    const delay = error.retry === "credentials" ? UNAUTHORIZED_RETRY_MS : this.#nextPause();
    this.#enter({ kind: "retrying", error, retryMs: delay });
    this.#connectIn(delay);
    // A device that rejected the password receives no further request: this is still the same failure.
    const failure = error.retry === "credentials" ? error.retry : error.code;
    if (this.#reported.first(failure)) this.#handler.failure(error);
  }

  /** Returns the next pause in milliseconds. */
  #nextPause(): number {
    const max = (this.#stream.maxBackoff ?? DEFAULT_MAX_BACKOFF) * 1000;
    const rhythm = { first: FIRST_PAUSE_MS, max, jitter: JITTER };
    return backoff(this.#pauses++, rhythm, this.#dependencies.random);
  }

  /** Ends the series of failures: the next failure is reported, and its pause is short. */
  #forgetFailures(): void {
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
  /** Undefined until ffmpeg is found. */
  process: RunningProcess | undefined;
}

/** Returns an error in the form of the statistics, or an empty object. */
export function lastErrorOf(error: SurveillanceError | undefined): Pick<KeeperStatistics, "lastError"> {
  return error === undefined ? {} : { lastError: { code: error.code, message: error.message } };
}

function asFailure(thrown: unknown): SurveillanceError {
  return thrown instanceof SurveillanceError
    ? thrown
    : new SurveillanceError("RTSP_FAILED", `ffmpeg did not start: ${toError(thrown).message}.`);
}
