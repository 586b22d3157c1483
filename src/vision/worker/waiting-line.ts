import { SurveillanceError } from "../../core/errors";
import { RecentMap } from "../../core/recent-map";
import type { AnyImage } from "../../media/frame";
import type { DetectOptions, Findings, ModelInfo } from "../model-types";

/** An image to be looked at. */
export interface Job {
  image: AnyImage;
  /** What to look for: classes can be given by names, which only the loaded model knows. */
  options: (model: ModelInfo) => DetectOptions;
  succeed: (findings: Findings) => void;
  fail: (error: Error) => void;
}

/** An image in a line, with what becomes of it when it does not get to its turn. */
export interface WaitingJob extends Job {
  camera: string;
  drop: () => void;
}

/** The images that wait in one queue. */
export interface WaitingLine {
  /** Takes an image in, or fails or drops one that is too much: this one or another. */
  add(job: WaitingJob): void;
  take(): WaitingJob | undefined;
  /** When what is next got its place, counted over all lines; undefined for an empty line. */
  readonly turn: number | undefined;
}

let turns = 0;

/** More cameras than one node gets images of. */
const MAX_SLOTS = 128;
/** Of all images that wait; the newest one is taken in any case. Raw ones of 4K have 25 MB each. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * One slot per camera, for its newest image. A camera keeps its place in the line when a newer image takes its
 * slot, and goes to the end when it was served: so cameras are served in turn, and one that is gone leaves nothing.
 */
export class LatestLine implements WaitingLine {
  readonly #slots = new Map<string, { job: WaitingJob; turn: number }>();
  #bytes = 0;

  get turn(): number | undefined {
    const [first] = this.#slots.values();
    return first?.turn;
  }

  add(job: WaitingJob): void {
    const slot = this.#slots.get(job.camera);
    slot?.job.drop();
    this.#bytes += bytesOf(job) - (slot === undefined ? 0 : bytesOf(slot.job));
    this.#slots.set(job.camera, { job, turn: slot?.turn ?? ++turns });
    while (this.#slots.size > 1 && (this.#slots.size > MAX_SLOTS || this.#bytes > MAX_BYTES))
      this.take()?.drop();
  }

  take(): WaitingJob | undefined {
    const [first] = this.#slots.values();
    if (first === undefined) return undefined;
    this.#slots.delete(first.job.camera);
    this.#bytes -= bytesOf(first.job);
    return first.job;
  }
}

function bytesOf({ image }: WaitingJob): number {
  return Buffer.isBuffer(image) ? image.length : image.data.length;
}

/** Beyond it the camera that was served longest ago is forgotten. */
const MAX_REMEMBERED = 256;

/**
 * All images in their order. When there are too many, the newest image of the camera that has most of them is
 * refused; among equals, of the one that was served last.
 */
export class FifoLine implements WaitingLine {
  readonly #size: number;
  readonly #jobs: WaitingJob[] = [];
  /** Cameras in the order in which they were served. */
  readonly #served = new RecentMap<string, true>(MAX_REMEMBERED);
  #turn = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** The whole line is served like one camera. */
  get turn(): number | undefined {
    return this.#jobs.length === 0 ? undefined : this.#turn;
  }

  add(job: WaitingJob): void {
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

  take(): WaitingJob | undefined {
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
    // Who was never served comes before all others, and who came last gives way among those.
    return cameras.reduce((one, other) => (served.indexOf(other) >= served.indexOf(one) ? other : one));
  }
}

function fullError(size: number): SurveillanceError {
  return new SurveillanceError("QUEUE_FULL", `${size} images are waiting for the model already.`, {
    advice: 'Send fewer frames, allow more workers, or let the queue keep the "latest" only.',
  });
}
