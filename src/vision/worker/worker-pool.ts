import { SurveillanceError } from "../../core/errors";
import type { ModelInfo, ModelSettings } from "../model-types";
import type { JobQueue } from "./job-queue";
import { launchWorker, WorkerProcess } from "./worker-process";

export interface PoolSettings extends ModelSettings {
  /** The number of images processed at the same time, each in a process with its own copy of the model. */
  workers: number;
}

/** Receives reports of a pool, apart from the results of images. */
export interface PoolWatcher {
  /** A worker died between two images. A new one is being started. */
  onWorkerDied: (error: Error) => void;
  /** A worker is ready for images, for the first time or again. */
  onWorkerReady: () => void;
}

/** The workers of one model and the queues of all its users. The cameras of all queues are served in turn. */
export class WorkerPool {
  /** Resolves with the model when the first worker is ready, or rejects with the reason why it cannot be used. */
  readonly ready: Promise<ModelInfo>;
  readonly #workers: WorkerProcess[];
  readonly #rejectReady: (error: Error) => void;
  readonly #queues: JobQueue[] = [];
  readonly #watchers = new Map<JobQueue, PoolWatcher>();
  #info: ModelInfo | undefined;
  #refusal: Error | undefined;

  constructor(file: string, { workers, ...settings }: PoolSettings, launch = launchWorker) {
    const { promise, resolve, reject } = withResolvers<ModelInfo>();
    this.ready = promise;
    this.#rejectReady = reject;
    // Users of the pool also receive the error from their queue.
    promise.catch(() => undefined);
    const listener = {
      onReady: (info: ModelInfo): void => {
        this.#info = info;
        this.#accept();
        resolve(info);
        for (const watcher of this.#watchers.values()) watcher.onWorkerReady();
      },
      onIdle: (): void => {
        this.#dispatch();
      },
      onRefused: (error: Error): void => {
        this.#refuse(error);
        reject(error);
        void this.#closeWorkers();
      },
      onLoadDied: (error: Error): void => {
        if (this.#workers.some((worker) => worker.ready)) return;
        this.#refuse(error);
        reject(error);
      },
      onIdleDied: (error: Error): void => {
        for (const watcher of this.#watchers.values()) watcher.onWorkerDied(error);
      },
    };
    this.#workers = Array.from(
      { length: workers },
      () => new WorkerProcess(file, settings, listener, launch),
    );
  }

  /** Serves the images of a queue. Reports to the watcher. */
  attach(queue: JobQueue, watcher?: PoolWatcher): void {
    this.#queues.push(queue);
    if (watcher !== undefined) this.#watchers.set(queue, watcher);
    if (this.#refusal !== undefined) queue.refuse(this.#refusal);
    queue.onJob = () => {
      this.#dispatch();
    };
    this.#dispatch();
  }

  /** Stops serving a queue. */
  detach(queue: JobQueue): void {
    const index = this.#queues.indexOf(queue);
    if (index >= 0) this.#queues.splice(index, 1);
    this.#watchers.delete(queue);
    queue.onJob = () => undefined;
  }

  /** Ends all workers. */
  async close(): Promise<void> {
    this.#rejectReady(
      new SurveillanceError("CLOSED", "The detector was closed while the model was loading."),
    );
    await this.#closeWorkers();
  }

  async #closeWorkers(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  #refuse(error: Error): void {
    this.#refusal = error;
    for (const queue of this.#queues) queue.refuse(error);
  }

  #accept(): void {
    this.#refusal = undefined;
    for (const queue of this.#queues) queue.accept();
  }

  #dispatch(): void {
    for (const worker of this.#workers) {
      if (!worker.idle || this.#info === undefined) continue;
      const queue = this.#nextQueue();
      if (queue === undefined) return;
      const job = queue.take();
      if (job !== undefined) worker.run(job, this.#info);
    }
  }

  /** Returns the queue whose next image has waited longest, so that a busy camera cannot starve a quiet one. */
  #nextQueue(): JobQueue | undefined {
    let next: JobQueue | undefined;
    for (const queue of this.#queues) if ((queue.turn ?? Infinity) < (next?.turn ?? Infinity)) next = queue;
    return next;
  }
}

/** Promise.withResolvers, which Node 20 does not have. */
function withResolvers<Value>(): {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (error: Error) => void;
} {
  let resolve!: (value: Value) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
