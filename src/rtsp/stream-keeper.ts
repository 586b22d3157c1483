import { EventEmitter } from "node:events";
import { systemClock, type Clock } from "../core/clock";
import { SurveillanceError, toError } from "../core/errors";
import { findFfmpeg, type FfmpegBinary } from "../ffmpeg/ffmpeg-binary";
import type { ProcessEnd } from "../ffmpeg/ffmpeg-process";
import { Backoff } from "./backoff";
import { streamFailure, type StreamPurpose } from "./stream-failure";

export interface KeptStream {
  /** The camera, without secrets. */
  name: string;
  /** What is wanted of it, for its errors. */
  purpose: StreamPurpose;
  /** The path of ffmpeg, when the user named one. */
  ffmpeg?: string | undefined;
  /** Seconds: the longest pause between two attempts; default 10. */
  maxBackoff?: number | undefined;
  /** What has to be done before each connection; its failure is the stream's. Aborted where the stream is stopped. */
  prepare?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

export type KeeperState =
  | { name: "stopped" }
  | { name: "connecting" }
  | { name: "streaming" }
  | { name: "waiting"; seconds: number; error: SurveillanceError };

export interface KeeperStatistics {
  state: KeeperState["name"];
  restarts: number;
  lastError?: { code: string; message: string };
}

interface KeeperEvents {
  state: [KeeperState];
  /** A failure that was not reported since the stream last ran well; the stream goes on trying. */
  failure: [SurveillanceError];
}

/** A process that is on; tests put another in its place. */
export interface RunningProcess {
  /** Resolves once it is gone. */
  stop(): Promise<void>;
}

/** One run as its process sees it; once the run is over nobody listens any more. */
export interface Run {
  /** @param milliseconds how long the next sign of life may take */
  alive(milliseconds: number): void;
  ended(end: ProcessEnd): void;
  /** Nothing failed, but another process has to go on. */
  startAnew(): void;
  readonly over: boolean;
}

export type Launch = (binary: FfmpegBinary, run: Run) => RunningProcess;

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

/** Time for the first sign: the connection, and the wait for a keyframe, which cameras send as rarely as every 10 s. */
const FIRST_SIGN_MS = 20_000;
/** After this long without a failure, the next one is treated as the first. */
const HEALTHY_MS = 60_000;
/** A run this long was no failure to start. */
const LASTED_MS = 5000;
/** A wrong log-in is not repeated sooner: seven of them lock many an account for half an hour. */
const UNAUTHORIZED_RETRY_MS = 15 * 60_000;

/**
 * Keeps ffmpeg running on one stream: it is started anew when it ends, fails or stalls, with growing pauses, until it
 * is stopped.
 */
export class StreamKeeper extends EventEmitter<KeeperEvents> {
  readonly #stream: KeptStream;
  readonly #launch: Launch;
  readonly #dependencies: KeeperDependencies;
  readonly #backoff: Backoff;
  #state: KeeperState = { name: "stopped" };
  #current: CurrentRun | undefined;
  #stopping: Promise<void> = Promise.resolve();
  #cancelTimer: () => void = () => undefined;
  #cancelHealthy: () => void = () => undefined;
  #restarts = 0;
  #lastError: SurveillanceError | undefined;
  #reported = new Set<string>();

  constructor(stream: KeptStream, launch: Launch, dependencies: Partial<KeeperDependencies> = {}) {
    super();
    this.#stream = stream;
    this.#launch = launch;
    this.#dependencies = { ...defaults, ...dependencies };
    this.#backoff = new Backoff(this.#dependencies.random, stream.maxBackoff);
  }

  get running(): boolean {
    return this.#state.name !== "stopped";
  }

  get statistics(): KeeperStatistics {
    return { state: this.#state.name, restarts: this.#restarts, ...lastErrorOf(this.#lastError) };
  }

  /** Begins to connect; does nothing when it is running. */
  start(): void {
    if (this.running) return;
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
    const run = this.#newRun();
    this.#current = run;
    this.#open(run).catch((thrown: unknown) => {
      if (!run.over) this.#fail(asFailure(thrown));
    });
  }

  async #open(run: CurrentRun): Promise<void> {
    await this.#stopping;
    const { signal } = run.ending;
    const binary = await this.#dependencies.find(this.#stream.ffmpeg);
    signal.throwIfAborted();
    await this.#stream.prepare?.(signal);
    signal.throwIfAborted();
    run.process = this.#launch(binary, run);
    this.#watch(FIRST_SIGN_MS);
    this.#cancelHealthy = this.#dependencies.clock.after(HEALTHY_MS, () => {
      this.#backoff.reset();
      this.#reported.clear();
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
        this.#enter({ name: "streaming" });
      },
      ended: (end) => {
        if (!run.over) this.#fail(streamFailure(this.#stream.name, end, this.#stream.purpose));
      },
      // The camera itself is well, so there is no pause, unless it happens again and again.
      startAnew: () => {
        if (run.over) return;
        const lasted = this.#dependencies.clock.now() - run.startedAt > LASTED_MS;
        this.#endRun();
        this.#connectIn(lasted ? 0 : this.#backoff.next());
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
    const delay = error.retry === "credentials" ? UNAUTHORIZED_RETRY_MS : this.#backoff.next();
    this.#enter({ name: "waiting", seconds: Math.ceil(delay / 1000), error });
    this.#connectIn(delay);
    // That nothing is sent to a device which refused the password is the same fault, further on.
    const fault = error.retry === "credentials" ? error.retry : error.code;
    if (this.#reported.has(fault)) return;
    this.#reported.add(fault);
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
    const run = this.#current;
    this.#current = undefined;
    if (run === undefined) return;
    run.ending.abort();
    const process = run.process;
    if (process !== undefined) this.#stopping = this.#stopping.then(() => process.stop());
  }

  #enter(state: KeeperState): void {
    this.#state = state;
    this.emit("state", state);
  }
}

interface CurrentRun extends Run {
  startedAt: number;
  ending: AbortController;
  /** Absent until ffmpeg was found. */
  process: RunningProcess | undefined;
}

/** An error as statistics tell it, where there is one. */
export function lastErrorOf(error: SurveillanceError | undefined): Pick<KeeperStatistics, "lastError"> {
  return error === undefined ? {} : { lastError: { code: error.code, message: error.message } };
}

function asFailure(thrown: unknown): SurveillanceError {
  return thrown instanceof SurveillanceError
    ? thrown
    : new SurveillanceError("RTSP_FAILED", `ffmpeg could not be started: ${toError(thrown).message}.`);
}
