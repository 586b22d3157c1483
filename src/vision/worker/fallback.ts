import { SurveillanceError, type ErrorCode } from "../../core/errors";
import type { JobQueue } from "./job-queue";
import type { Job, JobSource } from "./queued-jobs";

/** What the fallback reports to its user. */
export interface FallbackListener {
  /** This computer processes images from now on, before the first one. */
  onFallback: (reason: Error) => void;
  /** The servers process images again. */
  onServersBack: () => void;
}

/** The errors of servers after which the same image can still be processed here. */
const handedOver: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "INFERENCE_UNAVAILABLE",
  "INFERENCE_REFUSED",
  "INFERENCE_MODEL",
  "INFERENCE_REPLY",
  "HOST_UNKNOWN",
  "CONNECTION_REFUSED",
  "CONNECTION_LOST",
  "TLS_FAILED",
  "TIMEOUT",
  "TOO_LARGE",
  "QUEUE_FULL",
]);

const nothing = (): void => undefined;

/**
 * Divides the images of a queue between inference servers and the same task on this computer: while the servers are
 * away, this computer takes them. An image that failed at the servers is processed here, too. The queue keeps the order.
 */
export class Fallback {
  /** What the pool of the servers takes. */
  readonly servers: JobSource;
  /** What the pool of this computer takes. */
  readonly local: JobSource;
  readonly #queue: JobQueue;
  readonly #listener: FallbackListener;
  /** Images that failed at the servers, at most as many as the servers have slots. */
  readonly #failed: Job[] = [];
  #away: Error | undefined;
  #isReported = false;
  #localRefusal: Error | undefined;

  constructor(queue: JobQueue, listener: FallbackListener) {
    this.#queue = queue;
    this.#listener = listener;
    this.servers = this.#serversSource();
    this.local = this.#localSource();
    queue.onJob = () => {
      (this.#away === undefined ? this.servers : this.local).onJob();
    };
  }

  #serversSource(): JobSource {
    const queue = this.#queue;
    const isAway = (): boolean => this.#away !== undefined;
    return {
      get turn() {
        return isAway() ? undefined : queue.turn;
      },
      take: () => {
        const job = isAway() ? undefined : queue.take();
        return job && this.#withHandOver(job);
      },
      refuse: (error) => {
        this.#away = error;
        this.#reportFallback(error);
        if (this.#localRefusal === undefined) this.local.onJob();
        else queue.refuse(this.#localRefusal);
      },
      accept: () => {
        this.#away = undefined;
        queue.accept();
        this.#reportBack();
      },
      onJob: nothing,
    };
  }

  #localSource(): JobSource {
    const queue = this.#queue;
    const failed = this.#failed;
    const isAway = (): boolean => this.#away !== undefined;
    return {
      get turn() {
        // An image that the servers took already has waited longest.
        if (failed.length > 0) return 0;
        return isAway() ? queue.turn : undefined;
      },
      take: () => failed.shift() ?? (isAway() ? queue.take() : undefined),
      refuse: (error) => {
        this.#localRefusal = error;
        for (const job of failed.splice(0)) job.fail(error);
        if (isAway()) queue.refuse(error);
      },
      accept: () => {
        this.#localRefusal = undefined;
        if (isAway()) queue.accept();
      },
      onJob: nothing,
    };
  }

  #withHandOver(job: Job): Job {
    return {
      ...job,
      succeed: (findings) => {
        this.#reportBack();
        job.succeed(findings);
      },
      fail: (error) => {
        const isHandedOver = error instanceof SurveillanceError && handedOver.has(error.code);
        if (!isHandedOver || this.#localRefusal !== undefined) {
          job.fail(error);
          return;
        }
        this.#failed.push(job);
        this.#reportFallback(error);
        this.local.onJob();
      },
    };
  }

  #reportFallback(reason: Error): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#listener.onFallback(reason);
  }

  #reportBack(): void {
    if (!this.#isReported || this.#away !== undefined) return;
    this.#isReported = false;
    this.#listener.onServersBack();
  }
}
