import os from "node:os";
import { performance } from "node:perf_hooks";
import { SurveillanceError } from "../core/errors";
import type { Detection, AnyImage } from "../media/frame";
import { classIdsOf, labelOf } from "./labels";
import {
  detectorDefaults,
  type DetectOptions,
  type ModelInfo,
  type Provider,
  type QueuePolicy,
} from "./model-types";
import { JobQueue } from "./worker/job-queue";
import { leasePool, type PoolLease } from "./worker/shared-pools";
import type { PoolWatcher } from "./worker/worker-pool";

export interface DetectorOptions {
  /** Path of an ONNX file. */
  model: string;
  /** Class names by class id, instead of those in the model. */
  labels?: readonly string[];
  /** 0..1; objects must score higher. Default 0.25. */
  confidence?: number;
  /** 0..1; of two boxes of a class that overlap by more, the better one stays. Default 0.45. */
  iou?: number;
  /** The classes to look for, by label or id; all when empty. */
  classes?: readonly string[];
  /** Default 300. */
  maxDetections?: number;
  /** How many images are processed at the same time. Each worker holds the model once. Default 1. */
  workers?: number;
  /** CPU threads of each worker. Default: half of the cores, at most 4. */
  threads?: number;
  /** Default `cpu`. */
  provider?: Provider;
  /** While an image is processed: `latest` (default) keeps the newest one of each camera, `fifo` queues all. */
  queue?: QueuePolicy;
  /** How many images wait at most in a `fifo` queue. Default 10. */
  queueSize?: number;
}

export interface DetectionResult {
  /** Best first. */
  detections: Detection[];
  /** The model's file name. */
  model: string;
  /** Of the image as its viewer sees it, pixels: what the boxes are in. */
  width: number;
  height: number;
  /** The model alone. */
  inferenceMs: number;
  /** From the call to the result: waiting, reading the image, the model, selecting. */
  totalMs: number;
  /** How many images of this detector newer ones have replaced so far. */
  dropped: number;
}

/**
 * Finds objects in images with an ONNX model (YOLOv5 to v12, v26, YOLOX, DETR kin). The model runs in processes of
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

  /** @param watcher is told of workers that die between images, and when they are ready again */
  constructor(options: DetectorOptions, watcher?: PoolWatcher) {
    this.#options = options;
    const { queue, queueSize, provider, workers } = detectorDefaults;
    this.#queue = new JobQueue(options.queue ?? queue, options.queueSize ?? queueSize);
    this.#lease = leasePool(options.model, {
      provider: options.provider ?? provider,
      threads: options.threads ?? defaultThreads(),
      workers: options.workers ?? workers,
      ...(options.labels !== undefined && options.labels.length > 0 && { classes: options.labels.length }),
    });
    this.ready = this.#open(watcher);
    // Each image fails with the same error, so it is not lost where nothing awaits `ready`.
    this.ready.catch(() => undefined);
  }

  /**
   * Finds the objects in an image. It copies the image first, so the caller can go on using it.
   *
   * @param camera what the image is of: with the queue `latest`, cameras are served in turn
   * @returns what was found, or `"dropped"` when a newer image took its place in the queue
   * @throws {SurveillanceError} IMAGE_INVALID, QUEUE_FULL, YOLO_INFERENCE_FAILED, YOLO_WORKER_DIED (the next image
   *   works again), CLOSED, or why the model is not `ready`
   */
  async detect(image: AnyImage, camera = ""): Promise<DetectionResult | "dropped"> {
    const started = performance.now();
    let model: ModelInfo | undefined;
    const options = (loaded: ModelInfo): DetectOptions => {
      model = this.#withLabels(loaded);
      return this.#request(model);
    };
    const findings = await this.#queue.add(image, options, camera);
    if (findings === "dropped" || model === undefined) return "dropped";
    const { labels, name } = model;
    const { objects, width, height, inferenceMs } = findings;
    return {
      detections: objects.map(({ classId, score, box }) => ({
        label: labelOf(classId, labels),
        classId,
        // More digits of a float say nothing, and people read the score in alarms.
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

  /** Drops all images. The last of the detectors that share a model ends its processes. */
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
      // The pool starts a worker again that dies while it loads, and reports when it works.
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
    const { classes = [], ...options } = this.#options;
    return {
      confidence: options.confidence ?? detectorDefaults.confidence,
      iou: options.iou ?? detectorDefaults.iou,
      maxDetections: options.maxDetections ?? detectorDefaults.maxDetections,
      ...(classes.length > 0 && { classIds: classIdsOf(classes, labels) }),
    };
  }
}

/** Leaves half of the cores to Node-RED and ffmpeg. With more than four, a run hardly gets faster. */
function defaultThreads(): number {
  return Math.min(4, Math.max(1, Math.floor(os.availableParallelism() / 2)));
}

function closedError(): SurveillanceError {
  return new SurveillanceError("CLOSED", "The detector was closed.");
}
