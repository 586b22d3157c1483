import type { Picture } from "../../media/frame";
import type { DetectOptions, Findings } from "../model/findings";
import type { ModelInfo } from "../model/model-info";
import { FifoLine, LatestLine, type WaitingLine } from "./waiting-line";

/** What happens to a picture that comes while another one is waiting. */
export const queuePolicies = ["latest", "fifo"] as const;
export type QueuePolicy = (typeof queuePolicies)[number];

/** A picture to be looked at. */
export interface Job {
  picture: Picture;
  /** What to look for: classes can be given by names, which only the loaded model knows. */
  options: (model: ModelInfo) => DetectOptions;
  succeed: (findings: Findings) => void;
  fail: (error: Error) => void;
}

/** A picture in a line, with what becomes of it when it does not get to its turn. */
export interface WaitingJob extends Job {
  camera: string;
  drop: () => void;
}

/** Of a picture that is worked on: it keeps its result until those before it have theirs. */
interface Place {
  job: Job;
  outcome?: () => void;
}

/**
 * The pictures of one user of a model that wait for a worker. Bounded: `latest` keeps the newest one of each camera and
 * tells the others that they were dropped, `fifo` keeps `size` in all and refuses more. Results come in the order of
 * the pictures, also when several workers finish in another.
 */
export class JobQueue {
  /** How many pictures gave way to newer ones. */
  dropped = 0;
  readonly #line: WaitingLine;
  readonly #running: Place[] = [];
  #refusal: Error | undefined;
  #closed = false;
  #onJob: () => void = () => undefined;

  constructor(policy: QueuePolicy, size: number) {
    this.#line = policy === "latest" ? new LatestLine() : new FifoLine(size);
  }

  /** Sets who is told that there is something to take. */
  set onJob(listener: () => void) {
    this.#onJob = listener;
  }

  /**
   * @param camera what the picture is of: cameras do not take each other's places
   * @returns what was found, or that a newer picture took the place of this one
   * @throws {SurveillanceError} QUEUE_FULL, or why the model cannot be used
   */
  add(picture: Picture, options: Job["options"], camera = ""): Promise<Findings | "dropped"> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      const drop = (): void => {
        this.dropped++;
        resolve("dropped");
      };
      this.#line.add({ camera, picture, options, succeed: resolve, fail: reject, drop });
      this.#onJob();
    });
  }

  get hasWaiting(): boolean {
    return this.#line.turn !== undefined;
  }

  /** When the picture that is next got its place, counted over all queues; undefined where none waits. */
  get turn(): number | undefined {
    return this.#line.turn;
  }

  /** Hands out the picture that is next; its result is passed on when all before it have theirs. */
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

  /** Gives up everything, also what is being worked on, whose result nobody waits for any more. */
  close(error: Error): void {
    this.refuse(error);
    this.#closed = true;
    for (const { job } of this.#running.splice(0)) job.fail(error);
  }
}
