import { SurveillanceError } from "../../core/errors";
import { RecentMap } from "../../core/recent-map";
import type { AnyImage } from "../../media/frame";
import type { DetectOptions, Findings, ModelInfo } from "../model-types";

/** An image to process. */
export interface Job {
  camera: string;
  image: AnyImage;
  /** Returns the detection options. Only the loaded model can resolve class names. */
  options: (model: ModelInfo) => DetectOptions;
  succeed: (findings: Findings) => void;
  fail: (error: Error) => void;
}

/** An image in a queue. `drop` reports that a newer image has replaced it. */
export interface QueuedJob extends Job {
  drop: () => void;
}

/** The images of one user, as the pool of a model takes them. */
export interface JobSource {
  /** A number that orders the next images of all sources: the lowest has waited longest. Undefined if none waits. */
  readonly turn: number | undefined;
  /** Removes and returns the next image. */
  take(): Job | undefined;
  /** The pool cannot process images, until `accept`. */
  refuse(error: Error): void;
  accept(): void;
  /** The pool's listener for new images. */
  onJob: () => void;
}

/** The waiting images of a queue, in the order of its policy. */
export interface QueuedJobs {
  /** Adds an image. If the limit is exceeded, fails or drops one image: this one or another. */
  add(job: QueuedJob): void;
  /** Removes and returns the next image. */
  take(): QueuedJob | undefined;
  /** A number that orders the next images of all queues: the lowest has waited longest. Undefined if none waits. */
  readonly turn: number | undefined;
}

let turns = 0;

/** More cameras than one node receives images from. */
const MAX_SLOTS = 128;
/** The limit for all waiting images together. The newest one is always kept. A raw 4K image has 25 MB. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * The policy `latest`: one slot per camera, for its newest image. A newer image takes over the slot and its place in
 * the order. A slot is removed when its image is taken, so cameras are served in turn and an absent camera has no slot.
 */
export class LatestJobs implements QueuedJobs {
  readonly #slots = new Map<string, { job: QueuedJob; turn: number }>();
  #bytes = 0;

  get turn(): number | undefined {
    const [first] = this.#slots.values();
    return first?.turn;
  }

  add(job: QueuedJob): void {
    const slot = this.#slots.get(job.camera);
    slot?.job.drop();
    this.#bytes += bytesOf(job) - (slot === undefined ? 0 : bytesOf(slot.job));
    this.#slots.set(job.camera, { job, turn: slot?.turn ?? ++turns });
    while (this.#slots.size > 1 && (this.#slots.size > MAX_SLOTS || this.#bytes > MAX_BYTES))
      this.take()?.drop();
  }

  take(): QueuedJob | undefined {
    const [first] = this.#slots.values();
    if (first === undefined) return undefined;
    this.#slots.delete(first.job.camera);
    this.#bytes -= bytesOf(first.job);
    return first.job;
  }
}

function bytesOf({ image }: QueuedJob): number {
  return Buffer.isBuffer(image) ? image.length : image.data.length;
}

/** Beyond this number, the camera that was served longest ago is forgotten. */
const MAX_REMEMBERED = 256;

/**
 * The policy `fifo`: all images in their order. If the queue is full, it refuses the newest image of the camera with
 * the most images. Among equals, it chooses the camera that was served last.
 */
export class FifoJobs implements QueuedJobs {
  readonly #size: number;
  readonly #jobs: QueuedJob[] = [];
  /** Cameras in the order in which they were served. */
  readonly #served = new RecentMap<string, true>(MAX_REMEMBERED);
  #turn = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** The whole queue counts as one camera. */
  get turn(): number | undefined {
    return this.#jobs.length === 0 ? undefined : this.#turn;
  }

  add(job: QueuedJob): void {
    if (this.#jobs.length === 0) this.#turn = ++turns;
    this.#jobs.push(job);
    if (this.#jobs.length <= this.#size) return;
    const camera = this.#greediest();
    const [refused] = this.#jobs.splice(
      this.#jobs.findLastIndex((other) => other.camera === camera),
      1,
    );
    refused?.fail(fullError(this.#size));
  }

  take(): QueuedJob | undefined {
    const job = this.#jobs.shift();
    if (job === undefined) return undefined;
    this.#turn = ++turns;
    this.#served.set(job.camera, true);
    return job;
  }

  #greediest(): string {
    const counts = new Map<string, number>();
    for (const { camera } of this.#jobs) counts.set(camera, (counts.get(camera) ?? 0) + 1);
    const most = Math.max(...counts.values());
    const cameras = [...counts].filter(([, count]) => count === most).map(([camera]) => camera);
    const served = [...this.#served.keys()];
    // A camera that was never served has the index -1, so it is chosen only if all are like it: then the last one.
    return cameras.reduce((one, other) => (served.indexOf(other) >= served.indexOf(one) ? other : one));
  }
}

function fullError(size: number): SurveillanceError {
  return new SurveillanceError("QUEUE_FULL", `The queue of the model is full (${size} images).`, {
    advice: 'Send fewer images, use more workers, or choose the queue "latest".',
  });
}
