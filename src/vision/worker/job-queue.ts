import type { AnyImage } from "../../media/frame";
import type { Findings, QueuePolicy } from "../model-types";
import { FifoLine, LatestLine, type Job, type WaitingLine } from "./waiting-line";

/** Of an image that is worked on: it keeps its result until those before it have theirs. */
interface Place {
  job: Job;
  outcome?: () => void;
}

/**
 * The images of one user of a model that wait for a worker. Bounded: `latest` keeps the newest one of each camera and
 * tells the others that they were dropped, `fifo` keeps `size` in all and refuses more. Results come in the order of
 * the images, also when several workers finish in another.
 */
export class JobQueue {
  /** How many images gave way to newer ones. */
  dropped = 0;
  readonly #line: WaitingLine;
  readonly #running: Place[] = [];
  #refusal: Error | undefined;
  #closed = false;
  #onJob: () => void = () => undefined;

  constructor(policy: QueuePolicy, size: number) {
    this.#line = policy === "latest" ? new LatestLine() : new FifoLine(size);
  }

  /** Sets the listener for new images. */
  set onJob(listener: () => void) {
    this.#onJob = listener;
  }

  /**
   * @param camera what the image is of: cameras do not take each other's places
   * @returns what was found, or that a newer image took the place of this one
   * @throws {SurveillanceError} QUEUE_FULL, or why the model cannot be used
   */
  add(image: AnyImage, options: Job["options"], camera = ""): Promise<Findings | "dropped"> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      const drop = (): void => {
        this.dropped++;
        resolve("dropped");
      };
      this.#line.add({ camera, image, options, succeed: resolve, fail: reject, drop });
      this.#onJob();
    });
  }

  get hasWaiting(): boolean {
    return this.#line.turn !== undefined;
  }

  /** When the image that is next got its place, counted over all queues; undefined where none waits. */
  get turn(): number | undefined {
    return this.#line.turn;
  }

  /** Hands out the image that is next; its result is passed on when all before it have theirs. */
  take(): Job | undefined {
    const job = this.#line.take();
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

  /** Fails what is waiting and what comes, until `accept`. */
  refuse(error: Error): void {
    this.#refusal = error;
    for (let job = this.#line.take(); job !== undefined; job = this.#line.take()) job.fail(error);
  }

  accept(): void {
    if (!this.#closed) this.#refusal = undefined;
  }

  /** Fails all images, also those that a worker is processing: their results are not used. */
  close(error: Error): void {
    this.refuse(error);
    this.#closed = true;
    for (const { job } of this.#running.splice(0)) job.fail(error);
  }
}
