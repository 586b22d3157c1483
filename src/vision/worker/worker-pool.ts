import { SurveillanceError } from "../../core/errors";
import type { ModelInfo } from "../model-types";
import type { LoadRequest, ServersReport } from "./messages";
import type { JobSource } from "./queued-jobs";
import { WorkerProcess, type Launch } from "./worker-process";

/** Receives reports of a pool, apart from the results of images. */
export interface PoolWatcher {
  /** A worker died between two images. A new one is being started. */
  onWorkerDied: (error: Error) => void;
  /** A worker is ready for images, for the first time or again. */
  onWorkerReady: () => void;
  /** The number of servers that are ready has changed, or the reason why one is not. */
  onServers?: (report: ServersReport) => void;
  /** No server can be used for now. The images fail until \`onWorkerReady\`. */
  onAway?: (error: Error) => void;
}

/** The workers of one model and the queues of all its users. The cameras of all queues are served in turn. */
export class WorkerPool {
  /** Resolves with the model when the first worker is ready, or rejects with the reason why it cannot be used. */
  readonly ready: Promise<ModelInfo>;
  readonly #workers: WorkerProcess[];
  readonly #rejectReady: (error: Error) => void;
  readonly #queues: JobSource[] = [];
  readonly #watchers = new Map<JobSource, PoolWatcher>();
  #info: ModelInfo | undefined;
  #refusal: Error | undefined;
  #report: ServersReport | undefined;

  /** @param workers the number of images processed at the same time, each in a process with its own copy of the model */
  constructor(load: LoadRequest, workers: number, launch: Launch) {
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
      onAway: (error: Error): void => {
        this.#refuse(error);
        reject(error);
        for (const watcher of this.#watchers.values()) watcher.onAway?.(error);
      },
      onServers: (report: ServersReport): void => {
        this.#report = report;
        for (const watcher of this.#watchers.values()) watcher.onServers?.(report);
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
    this.#workers = Array.from({ length: workers }, () => new WorkerProcess(load, listener, launch));
  }

  /** Serves the images of a queue. Reports to the watcher. */
  attach(queue: JobSource, watcher?: PoolWatcher): void {
    this.#queues.push(queue);
    if (watcher !== undefined) this.#watchers.set(queue, watcher);
    if (this.#report !== undefined) watcher?.onServers?.(this.#report);
    if (this.#refusal !== undefined) queue.refuse(this.#refusal);
    queue.onJob = () => {
      this.#dispatch();
    };
    this.#dispatch();
  }

  /** Stops serving a queue. */
  detach(queue: JobSource): void {
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
      while (worker.free && this.#info !== undefined) {
        const job = this.#nextQueue()?.take();
        if (job === undefined) return;
        worker.run(job, this.#info);
      }
    }
  }

  /** Returns the queue whose next image has waited longest, so that a busy camera cannot starve a quiet one. */
  #nextQueue(): JobSource | undefined {
    let next: JobSource | undefined;
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
