import os from "node:os";
import { performance } from "node:perf_hooks";
import { SurveillanceError } from "../core/errors";
import type { Detection, Picture } from "../media/frame";
import type { DetectOptions } from "./model/findings";
import type { ModelInfo } from "./model/model-info";
import { classIdsOf, labelOf } from "./model/labels";
import type { Provider } from "./model/session-settings";
import { JobQueue, type QueuePolicy } from "./worker/job-queue";
import { leasePool, type PoolLease } from "./worker/shared-pools";
import type { PoolWatcher } from "./worker/worker-pool";

export interface DetectorOptions {
  /** Path of an ONNX file. */
  model: string;
  /** Class names by class id, instead of those in the model. */
  labels?: readonly string[];
  /** 0..1; objects must score higher. 0.25 unless given. */
  confidence?: number;
  /** 0..1; of two boxes of a class that overlap by more, the better one stays. 0.45 unless given. */
  iou?: number;
  /** The classes to look for, by label or id; all when empty. */
  classes?: readonly string[];
  /** 300 unless given. */
  maxDetections?: number;
  /** How many pictures are worked on at the same time; each worker holds the model once. 1 unless given. */
  workers?: number;
  /** CPU threads of each worker. Half of the cores unless given, at most 4. */
  threads?: number;
  /** `cpu` unless given. */
  provider?: Provider;
  /** While a picture is looked at: keep the newest one of each camera (`latest`, unless given) or queue them (`fifo`). */
  queue?: QueuePolicy;
  /** How many pictures wait at most in a `fifo` queue. 10 unless given. */
  queueSize?: number;
}

export interface DetectionResult {
  /** Best first. */
  detections: Detection[];
  /** The model's file name. */
  model: string;
  /** Of the picture as its viewer sees it, pixels: what the boxes are in. */
  width: number;
  height: number;
  /** The model alone. */
  inferenceMs: number;
  /** From the call to the result: waiting, reading the picture, the model, selecting. */
  totalMs: number;
  /** How many pictures of this detector gave way to newer ones so far. */
  dropped: number;
}

/**
 * Finds objects in pictures with an ONNX model (YOLOv5 to v12, v26, YOLOX, DETR kin). The model runs in processes of
 * its own, so the event loop stays free; detectors with the same file, provider, threads and workers share them.
 */
export class Detector {
  /**
   * The loaded model, its `labels` being those in use.
   *
   * @throws {SurveillanceError} YOLO_MODEL_NOT_FOUND, YOLO_MODEL_INVALID, YOLO_UNSUPPORTED_MODEL, YOLO_BAD_EXPORT,
   *   YOLO_PROVIDER_FAILED, YOLO_WORKER_DIED, DEPENDENCY_MISSING; CONFIG_INVALID for a class that it does not have;
   *   CLOSED
   */
  readonly ready: Promise<ModelInfo>;
  readonly #options: DetectorOptions;
  readonly #queue: JobQueue;
  readonly #lease: Promise<PoolLease>;
  #closed = false;

  /** @param watcher is told of workers that die between pictures, and when they are ready again */
  constructor(options: DetectorOptions, watcher?: PoolWatcher) {
    this.#options = options;
    this.#queue = new JobQueue(options.queue ?? "latest", options.queueSize ?? 10);
    this.#lease = leasePool(options.model, {
      provider: options.provider ?? "cpu",
      threads: options.threads ?? usualThreads(),
      workers: options.workers ?? 1,
      ...(options.labels !== undefined && options.labels.length > 0 && { classes: options.labels.length }),
    });
    this.ready = this.#open(watcher);
    // Each picture is answered with the same error, so it is not lost where nobody looks at `ready`.
    this.ready.catch(() => undefined);
  }

  /**
   * Finds the objects in a picture. The picture is copied before it is looked at and can be used on.
   *
   * @param camera what the picture is of: with the queue `latest`, cameras are served in turn
   * @returns what was found, or `"dropped"` when a newer picture took its place in the queue
   * @throws {SurveillanceError} IMAGE_INVALID, QUEUE_FULL, YOLO_INFERENCE_FAILED, YOLO_WORKER_DIED (the next picture
   *   works again), CLOSED, or why the model is not `ready`
   */
  async detect(picture: Picture, camera = ""): Promise<DetectionResult | "dropped"> {
    const started = performance.now();
    let model: ModelInfo | undefined;
    const options = (loaded: ModelInfo): DetectOptions => {
      model = this.#withLabels(loaded);
      return this.#request(model);
    };
    const findings = await this.#queue.add(picture, options, camera);
    if (findings === "dropped" || model === undefined) return "dropped";
    const { labels, name } = model;
    const { objects, width, height, inferenceMs } = findings;
    return {
      detections: objects.map(({ classId, score, box }) => ({
        label: labelOf(classId, labels),
        classId,
        // A float's further digits say nothing, and people read them in alarms.
        score: Math.round(score * 1e4) / 1e4,
        box,
      })),
      model: name,
      width,
      height,
      inferenceMs,
      totalMs: performance.now() - started,
      dropped: this.#queue.dropped,
    };
  }

  /** Gives up all pictures; the last one of those that share a model ends its processes. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.close(closedError());
    const lease = await this.#lease.catch(() => undefined);
    lease?.pool.detach(this.#queue);
    await lease?.release();
  }

  async #open(watcher: PoolWatcher | undefined): Promise<ModelInfo> {
    try {
      const { pool } = await this.#lease;
      pool.attach(this.#queue, watcher);
      const model = this.#withLabels(await pool.ready);
      if (this.#closed) throw closedError();
      this.#request(model);
      return model;
    } catch (error) {
      // A worker that dies while it loads is tried again, and the pool knows when it works.
      if (!(error instanceof SurveillanceError && error.code === "YOLO_WORKER_DIED"))
        this.#queue.refuse(error as Error);
      throw error;
    }
  }

  #withLabels(model: ModelInfo): ModelInfo {
    const { labels = [] } = this.#options;
    return labels.length > 0 ? { ...model, labels: [...labels] } : model;
  }

  /** @throws {SurveillanceError} CONFIG_INVALID for a class that the model does not have */
  #request({ labels }: ModelInfo): DetectOptions {
    const { confidence = 0.25, iou = 0.45, maxDetections = 300, classes = [] } = this.#options;
    return {
      confidence,
      iou,
      maxDetections,
      ...(classes.length > 0 && { classIds: classIdsOf(classes, labels) }),
    };
  }
}

/** Leaves half of the cores to Node-RED and to ffmpeg; beyond four, one run hardly gets faster. */
function usualThreads(): number {
  return Math.min(4, Math.max(1, Math.floor(os.availableParallelism() / 2)));
}

function closedError(): SurveillanceError {
  return new SurveillanceError("CLOSED", "The detector was closed.");
}
