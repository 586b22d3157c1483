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
  /** 0..1; if two boxes of a class overlap by more, only the better one is kept. Default 0.45. */
  iou?: number;
  /** The classes to look for, by label or id; all when empty. */
  classes?: readonly string[];
  /** Default 300. */
  maxDetections?: number;
  /** The number of images processed at the same time. Each worker has its own copy of the model. Default 1. */
  workers?: number;
  /** CPU threads of each worker. Default: half of the cores, at most 4. */
  threads?: number;
  /** Default `cpu`. */
  provider?: Provider;
  /** While an image is processed: `latest` (default) keeps the newest one of each camera, `fifo` queues all. */
  queue?: QueuePolicy;
  /** The maximum length of a `fifo` queue, in images. Default 10. */
  queueSize?: number;
}

export interface DetectionResult {
  /** Best first. */
  detections: Detection[];
  /** The model's file name. */
  model: string;
  /** The size of the image as displayed, in pixels. The boxes refer to it. */
  width: number;
  height: number;
  /** The time of the model alone. */
  inferenceMs: number;
  /** The time from the call to the result: waiting, reading the image, running the model, selecting objects. */
  totalMs: number;
  /** The number of images of this detector that newer ones have replaced so far. */
  dropped: number;
}

/**
 * Finds objects in images with an ONNX model (YOLOv5 to v12, v26, YOLOX, the DETR family). The model runs in separate
 * processes, so the event loop stays free. Detectors with the same file, provider, threads and workers share them.
 */
export class Detector {
  /**
   * The loaded model, with the `labels` in use.
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

  /** @param watcher receives reports of workers that die between images, and of workers that are ready */
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
    // Each image fails with the same error, so it is not lost if nothing awaits `ready`.
    this.ready.catch(() => undefined);
  }

  /**
   * Finds the objects in an image. It does not change the image.
   *
   * @param camera name of the image's camera: with the queue `latest`, cameras are served in turn
   * @returns the detections, or `"dropped"` if a newer image has replaced this one in the queue
   * @throws {SurveillanceError} IMAGE_INVALID, QUEUE_FULL, YOLO_INFERENCE_FAILED, YOLO_WORKER_DIED (the next image
   *   works again), CLOSED, or the reason why the model is not `ready`
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
        // More digits of a float carry no information, and people read the score in alarms.
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

  /** Fails all pending images with CLOSED. The last detector that uses a model ends its processes. */
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
      // If a worker dies while it loads, the pool restarts it and reports when it is ready.
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

/** Half of the cores, so that the others stay free for Node-RED and ffmpeg. More than four hardly make a run faster. */
function defaultThreads(): number {
  return Math.min(4, Math.max(1, Math.floor(os.availableParallelism() / 2)));
}

function closedError(): SurveillanceError {
  return new SurveillanceError("CLOSED", "The detector was closed.");
}
