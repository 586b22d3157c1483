import type { ChildProcess } from "node:child_process";
import { backoff } from "../../core/backoff";
import { forkQuietly } from "../../core/child-process";
import { SurveillanceError } from "../../core/errors";
import type { ModelInfo, ModelSettings } from "../model-types";
import { unpackError, type WorkerResponse, type WorkerRequest } from "./messages";
import type { Job } from "./queued-jobs";

/** Far more than the slowest model needs on the slowest board. A hanging driver must not block a flow for ever. */
const RESPONSE_TIMEOUT_MS = 60_000;
/** A busy worker ends after its run. A worker that needs longer than this is killed. */
const CLOSE_TIMEOUT_MS = 1000;
/** The first restart is immediate. The delays before the next ones grow. Milliseconds. */
const RESTART = { first: 1000, max: 30_000 };

export interface WorkerListener {
  /** The model is loaded, for the first time or after a restart. */
  onReady: (info: ModelInfo) => void;
  /** The worker can process an image. */
  onIdle: () => void;
  /** The model cannot be used. A restart would not help. */
  onRefused: (error: Error) => void;
  /** The process died before the model was loaded. A new one is started. */
  onLoadDied: (error: Error) => void;
  /** The process died between two images, so no image can report it. A new one is started. */
  onIdleDied: (error: Error) => void;
}

/** Starts the process; a parameter for the tests. */
export type Launch = () => ChildProcess;

/**
 * Starts the process at normal priority. On a busy machine, a lower priority would leave it a fraction of the
 * processor. Node-RED's event loop needs only short moments and gets them in any case.
 */
export const launchWorker: Launch = () =>
  forkQuietly(require.resolve("./inference-worker"), { serialization: "advanced" });

/** One process with the model loaded. It processes one image at a time and is restarted when it dies. */
export class WorkerProcess {
  readonly #file: string;
  readonly #settings: ModelSettings;
  readonly #listener: WorkerListener;
  readonly #launch: Launch;
  #child: ChildProcess;
  #ready = false;
  #closed = false;
  #job: Job | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** Since the last processed image. */
  #deaths = 0;

  constructor(file: string, settings: ModelSettings, listener: WorkerListener, launch = launchWorker) {
    this.#file = file;
    this.#settings = settings;
    this.#listener = listener;
    this.#launch = launch;
    this.#child = this.#start();
  }

  get idle(): boolean {
    return this.#ready && this.#job === undefined && !this.#closed;
  }

  get ready(): boolean {
    return this.#ready;
  }

  run(job: Job, info: ModelInfo): void {
    try {
      this.#send({ type: "detect", image: job.image, options: job.options(info) });
    } catch (thrown) {
      job.fail(thrown as Error);
      this.#listener.onIdle();
      return;
    }
    this.#job = job;
    this.#deadline = setTimeout(() => this.#child.kill("SIGKILL"), RESPONSE_TIMEOUT_MS);
  }

  /** Ends the process within about a second, even during a run. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => child.kill("SIGKILL"), CLOSE_TIMEOUT_MS);
      child.once("exit", () => {
        clearTimeout(force);
        resolve();
      });
      if (child.connected) child.disconnect();
    });
  }

  #start(): ChildProcess {
    const child = this.#launch();
    this.#child = child;
    let alive = true;
    const reportExit = (how: string): void => {
      if (alive) this.#onExit(how);
      alive = false;
    };
    child.on("message", (response: WorkerResponse) => {
      this.#onResponse(response);
    });
    child.once("exit", (code, signal) => {
      reportExit(signal === null ? `exit code ${String(code)}` : `signal ${signal}`);
    });
    // If the process could not be started, there is no "exit" event.
    child.once("error", (error) => {
      reportExit(error.message);
    });
    this.#send({ type: "load", file: this.#file, settings: this.#settings });
    return child;
  }

  #send(request: WorkerRequest): void {
    // If sending fails, the process is ending, and the "exit" event reports it.
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  #onResponse(response: WorkerResponse): void {
    clearTimeout(this.#deadline);
    const job = this.#job;
    this.#job = undefined;
    if (response.type === "ready") {
      this.#ready = true;
      this.#listener.onReady(response.info);
    } else if (!this.#ready) {
      if (response.type === "failed") this.#listener.onRefused(unpackError(response.error));
      return;
    } else {
      this.#deaths = 0;
      if (response.type === "found") job?.succeed(response.findings);
      else job?.fail(unpackError(response.error));
    }
    this.#listener.onIdle();
  }

  #onExit(how: string): void {
    clearTimeout(this.#deadline);
    const job = this.#job;
    const wasReady = this.#ready;
    this.#job = undefined;
    this.#ready = false;
    if (this.#closed) return;
    this.#deaths++;
    const delay = this.#deaths === 1 ? 0 : backoff(this.#deaths - 2, RESTART);
    this.#restart = setTimeout(() => {
      this.#start();
    }, delay);
    const error = diedError(this.#file, how, delay);
    if (!wasReady) this.#listener.onLoadDied(error);
    else if (job === undefined) this.#listener.onIdleDied(error);
    else job.fail(error);
  }
}

function diedError(file: string, how: string, delay: number): SurveillanceError {
  const when = delay === 0 ? "now" : `in ${delay / 1000} s`;
  return new SurveillanceError(
    "YOLO_WORKER_DIED",
    `The process that runs ${file} ended (${how}). It restarts ${when}.`,
    { advice: "If this happens again, check the free memory and the log." },
  );
}
