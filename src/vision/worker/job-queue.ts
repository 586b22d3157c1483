import type { AnyImage } from "../../media/frame";
import type { Findings, QueuePolicy } from "../model-types";
import { FifoJobs, LatestJobs, type Job, type JobSource, type QueuedJobs } from "./queued-jobs";

/** An image in progress. It holds its outcome until all earlier images have theirs. */
interface Place {
  job: Job;
  outcome?: () => void;
}

/**
 * The queue between one user of a model and the workers. It is bounded: `latest` keeps the newest image of each camera
 * and drops the others, `fifo` keeps `size` images and refuses more. Results keep the order of the images, even if
 * several workers finish in a different order.
 */
export class JobQueue implements JobSource {
  onJob: () => void = () => undefined;
  /** The number of images that newer ones have replaced. */
  dropped = 0;
  readonly #queued: QueuedJobs;
  readonly #running: Place[] = [];
  #refusal: Error | undefined;
  #closed = false;

  constructor(policy: QueuePolicy, size: number) {
    this.#queued = policy === "latest" ? new LatestJobs() : new FifoJobs(size);
  }

  /**
   * Adds an image.
   *
   * @param camera name of the image's camera: with `latest`, an image replaces only one of the same camera
   * @returns the findings, or `"dropped"` if a newer image has replaced this one
   * @throws {SurveillanceError} QUEUE_FULL, or the reason why the model cannot be used
   */
  add(image: AnyImage, options: Job["options"], camera = ""): Promise<Findings | "dropped"> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      const drop = (): void => {
        this.dropped++;
        resolve("dropped");
      };
      this.#queued.add({ camera, image, options, succeed: resolve, fail: reject, drop });
      this.onJob();
    });
  }

  /** The turn of the next image, counted over all queues; undefined if the queue is empty. */
  get turn(): number | undefined {
    return this.#queued.turn;
  }

  /** Removes and returns the next image. Its result is delivered when all earlier images have theirs. */
  take(): Job | undefined {
    const job = this.#queued.take();
    if (job === undefined) return undefined;
    const place: Place = { job };
    this.#running.push(place);
    const settle = (outcome: () => void): void => {
      place.outcome ??= outcome;
      while (this.#running[0]?.outcome !== undefined) this.#running.shift()?.outcome?.();
    };
    return {
      ...job,
      succeed: (findings) => {
        settle(() => {
          job.succeed(findings);
        });
      },
      fail: (error) => {
        settle(() => {
          job.fail(error);
        });
      },
    };
  }

  /** Fails all waiting images and all new ones, until `accept`. */
  refuse(error: Error): void {
    this.#refusal = error;
    for (let job = this.#queued.take(); job !== undefined; job = this.#queued.take()) job.fail(error);
  }

  /** Accepts images again, unless the queue is closed. */
  accept(): void {
    if (!this.#closed) this.#refusal = undefined;
  }

  /** Closes the queue for good. Fails all images, also those in progress: their results are ignored. */
  close(error: Error): void {
    this.refuse(error);
    this.#closed = true;
    for (const { job } of this.#running.splice(0)) job.fail(error);
  }
}
