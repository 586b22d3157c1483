import { fork, type ChildProcess } from "node:child_process";
import { backoff } from "../../core/backoff";
import { SurveillanceError } from "../../core/errors";
import type { ModelInfo, ModelSettings } from "../model-types";
import { unpackError, type Reply, type Request } from "./messages";
import type { Job } from "./waiting-line";

/** Far beyond the slowest model on the slowest board; a driver that hangs must not hold up a flow for ever. */
const ANSWER_TIMEOUT_MS = 60_000;
/** A worker in the middle of a run ends after it; one that takes longer is ended. */
const CLOSE_TIMEOUT_MS = 1000;
/** The first restart is at once, the next ones are further and further apart. */
const RESTART = { first: 1000, max: 30_000 };

export interface WorkerListener {
  /** The model is loaded: also after each restart. */
  onReady: (info: ModelInfo) => void;
  /** It can take an image. */
  onIdle: () => void;
  /** The model cannot be used, whatever is tried. */
  onRefused: (error: Error) => void;
  /** The process died before the model was loaded; it will be tried again. */
  onLoadDied: (error: Error) => void;
  /** The process died between two images, so no image can tell; a new one is started. */
  onIdleDied: (error: Error) => void;
}

/** Starts the process; a parameter for the tests. */
export type Launch = () => ChildProcess;

/**
 * At the normal priority: beside busy neighbours a nicer process gets a fraction of the processor, and Node-RED's event
 * loop, which is short of nothing but moments, gets its turn in any case.
 */
export const launchWorker: Launch = () =>
  fork(require.resolve("./inference-worker"), [], { serialization: "advanced" });

/** One process with the model loaded, started again when it dies. Looks at one image at a time. */
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
  /** Since the last image that was answered. */
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
    this.#deadline = setTimeout(() => this.#child.kill("SIGKILL"), ANSWER_TIMEOUT_MS);
  }

  /** Ends the process; within a second or so, whatever it is doing. */
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
    const gone = (how: string): void => {
      if (alive) this.#onGone(how);
      alive = false;
    };
    child.on("message", (reply: Reply) => {
      this.#onReply(reply);
    });
    child.once("exit", (code, signal) => {
      gone(signal === null ? `exit code ${String(code)}` : `signal ${signal}`);
    });
    // It was not started at all, so there is no "exit".
    child.once("error", (error) => {
      gone(error.message);
    });
    this.#send({ type: "load", file: this.#file, settings: this.#settings });
    return child;
  }

  #send(request: Request): void {
    // A failure to send means that the process is going: "exit" says so, too.
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  #onReply(reply: Reply): void {
    clearTimeout(this.#deadline);
    const job = this.#job;
    this.#job = undefined;
    if (reply.type === "ready") {
      this.#ready = true;
      this.#listener.onReady(reply.info);
    } else if (!this.#ready) {
      if (reply.type === "failed") this.#listener.onRefused(unpackError(reply.error));
      return;
    } else {
      this.#deaths = 0;
      if (reply.type === "found") job?.succeed(reply.findings);
      else job?.fail(unpackError(reply.error));
    }
    this.#listener.onIdle();
  }

  #onGone(how: string): void {
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
  const when = delay === 0 ? "at once" : `in ${delay / 1000} s`;
  return new SurveillanceError(
    "YOLO_WORKER_DIED",
    `The process that runs ${file} ended (${how}); a new one is started ${when}.`,
    { advice: "If it happens again, check the free memory and the log above." },
  );
}
