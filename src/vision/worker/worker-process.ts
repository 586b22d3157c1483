import type { ChildProcess } from "node:child_process";
import { backoff } from "../../core/backoff";
import { forkQuietly } from "../../core/child-process";
import { SurveillanceError } from "../../core/errors";
import type { ModelInfo } from "../model-types";
import { inferenceServerDefaults } from "../servers/types";
import {
  unpackError,
  type LoadRequest,
  type ServersReport,
  type WorkerResponse,
  type WorkerRequest,
} from "./messages";
import type { Job } from "./queued-jobs";

/**
 * Far more than the slowest model needs on the slowest board. A hanging driver must not block a flow for ever. The
 * servers' own timeout comes on top.
 */
const RESPONSE_TIMEOUT_MS = 60_000;
/** A busy worker ends after its run. A worker that needs longer than this is killed. */
const CLOSE_TIMEOUT_MS = 1000;
/** The first restart is immediate. The delays before the next ones grow. Milliseconds. */
const RESTART = { first: 1000, max: 30_000 };

export interface WorkerListener {
  /** The model is loaded, for the first time or after a restart. With servers: one is ready, or ready again. */
  onReady: (info: ModelInfo) => void;
  /** The worker can process an image. */
  onIdle: () => void;
  /** The model cannot be used. A restart would not help. */
  onRefused: (error: Error) => void;
  /** No server is ready, for now. */
  onAway: (error: Error) => void;
  /** The state of the servers has changed. */
  onServers: (report: ServersReport) => void;
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

/** Starts the process that uses inference servers. */
export const launchServerWorker: Launch = () =>
  forkQuietly(require.resolve("./server-worker"), { serialization: "advanced" });

interface RunningJob {
  job: Job;
  deadline: NodeJS.Timeout;
}

/**
 * One process with a model. It processes as many images at the same time as it has slots: one if it runs the model, more
 * if servers run it. It is restarted when it dies.
 */
export class WorkerProcess {
  readonly #load: LoadRequest;
  readonly #listener: WorkerListener;
  readonly #launch: Launch;
  #child: ChildProcess;
  #ready = false;
  #closed = false;
  #slots = 1;
  readonly #running = new Map<number, RunningJob>();
  #lastId = 0;
  #restart: NodeJS.Timeout | undefined;
  /** Since the last processed image. */
  #deaths = 0;

  constructor(load: LoadRequest, listener: WorkerListener, launch: Launch) {
    this.#load = load;
    this.#listener = listener;
    this.#launch = launch;
    this.#child = this.#start();
  }

  /** Whether it can process another image now. */
  get free(): boolean {
    return this.#ready && this.#running.size < this.#slots && !this.#closed;
  }

  get ready(): boolean {
    return this.#ready;
  }

  run(job: Job, info: ModelInfo): void {
    const id = ++this.#lastId;
    try {
      const { image, camera } = job;
      this.#send({ type: "detect", id, image, options: job.options(info), camera });
    } catch (thrown) {
      job.fail(thrown as Error);
      this.#listener.onIdle();
      return;
    }
    const deadline = setTimeout(() => this.#child.kill("SIGKILL"), timeoutOf(this.#load));
    this.#running.set(id, { job, deadline });
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
    this.#send(this.#load);
    return child;
  }

  #send(request: WorkerRequest): void {
    // If sending fails, the process is ending, and the "exit" event reports it.
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  #onResponse(response: WorkerResponse): void {
    switch (response.type) {
      case "ready":
        this.#ready = true;
        this.#listener.onReady(response.info);
        break;
      case "refused":
        this.#listener.onRefused(unpackError(response.error));
        return;
      case "away":
        this.#ready = false;
        this.#listener.onAway(unpackError(response.error));
        return;
      case "servers":
        this.#slots = response.slots;
        this.#listener.onServers(response.report);
        break;
      case "found":
        this.#take(response.id)?.succeed(response.findings);
        break;
      case "failed":
        this.#take(response.id)?.fail(unpackError(response.error));
    }
    this.#listener.onIdle();
  }

  /** Ends the run of an image. */
  #take(id: number): Job | undefined {
    this.#deaths = 0;
    const running = this.#running.get(id);
    clearTimeout(running?.deadline);
    this.#running.delete(id);
    return running?.job;
  }

  #onExit(how: string): void {
    const running = [...this.#running.values()];
    this.#running.clear();
    const wasReady = this.#ready;
    this.#ready = false;
    for (const { deadline } of running) clearTimeout(deadline);
    if (this.#closed) return;
    this.#deaths++;
    const delay = this.#deaths === 1 ? 0 : backoff(this.#deaths - 2, RESTART);
    this.#restart = setTimeout(() => {
      this.#start();
    }, delay);
    const error = diedError(this.#load, how, delay);
    for (const { job } of running) job.fail(error);
    if (!wasReady) this.#listener.onLoadDied(error);
    else if (running.length === 0) this.#listener.onIdleDied(error);
  }
}

function timeoutOf(load: LoadRequest): number {
  if (load.type === "load") return RESPONSE_TIMEOUT_MS;
  const { timeout = inferenceServerDefaults.timeout } = load.servers;
  return RESPONSE_TIMEOUT_MS + 2000 * timeout;
}

function diedError(load: LoadRequest, how: string, delay: number): SurveillanceError {
  const when = delay === 0 ? "now" : `in ${delay / 1000} s`;
  const task = load.type === "load" ? `runs ${load.file}` : "uses the inference servers";
  return new SurveillanceError(
    "YOLO_WORKER_DIED",
    `The process that ${task} ended (${how}). It restarts ${when}.`,
    { advice: "If this happens again, check the free memory and the log." },
  );
}
