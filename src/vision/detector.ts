import os from "node:os";
import { performance } from "node:perf_hooks";
import { SurveillanceError } from "../core/errors";
import type { Detection, AnyImage } from "../media/frame";
import { classIdsOf, labelOf } from "./labels";
import {
  detectorDefaults,
  type DetectionServers,
  type DetectOptions,
  type FoundObject,
  type ModelInfo,
  type Provider,
  type QueuePolicy,
} from "./model-types";
import { Fallback, type FallbackListener } from "./worker/fallback";
import { JobQueue } from "./worker/job-queue";
import { identifyModel, leasePool, leaseServerPool, type PoolLease } from "./worker/shared-pools";
import type { JobSource } from "./worker/queued-jobs";
import type { PoolWatcher } from "./worker/worker-pool";

export interface DetectorOptions {
  /** Path of an ONNX file. With `servers`: the model that takes over while no server is ready; optional. */
  model?: string;
  /** The servers that run the model. Default: this computer. */
  servers?: DetectionServers;
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
  /** The model's file name, or its name on the server. */
  model: string;
  /** The address of the server that ran the model; undefined if this computer did. */
  server?: string;
  /** The size of the image as displayed, in pixels. The boxes refer to it. */
  width: number;
  height: number;
  /** The time of the model alone, with the transport to a server. */
  inferenceMs: number;
  /** The time from the call to the result: waiting, reading the image, running the model, selecting objects. */
  totalMs: number;
  /** The number of images of this detector that newer ones have replaced so far. */
  dropped: number;
}

/** Receives reports of a detector, apart from the results of images. */
export interface DetectorWatcher extends PoolWatcher, Partial<FallbackListener> {
  /** The model for the time without servers cannot be used. */
  onFallbackInvalid?: (error: Error) => void;
}

/**
 * Finds objects in images with an ONNX model (YOLOv5 to v12, v26, YOLOX, the DETR family). The model runs in separate
 * processes, so the event loop stays free. Detectors with the same file, provider, threads and workers share them.
 * With \`servers\`, the model runs on inference servers, and one process for each group of them does the rest.
 */
export class Detector {
  /**
   * The loaded model, with the `labels` in use.
   *
   * @throws {SurveillanceError} YOLO_MODEL_NOT_FOUND, YOLO_MODEL_INVALID, YOLO_UNSUPPORTED_MODEL, YOLO_BAD_EXPORT,
   *   YOLO_PROVIDER_FAILED, YOLO_WORKER_DIED, DEPENDENCY_MISSING; CONFIG_INVALID for a class that it does not have;
   *   CLOSED; with servers INFERENCE_UNAVAILABLE, INFERENCE_MODEL and others, which later images may not have
   */
  readonly ready: Promise<ModelInfo>;
  readonly #options: DetectorOptions;
  readonly #queue: JobQueue;
  /** The uses of pools, each with what the pool takes images from. */
  readonly #uses: [source: JobSource, lease: Promise<PoolLease>][] = [];
  readonly #fallback: Fallback | undefined;
  #closed = false;

  /** @param watcher receives reports of workers that die between images, of workers and of servers */
  constructor(options: DetectorOptions, watcher?: DetectorWatcher) {
    this.#options = options;
    const { queue, queueSize } = detectorDefaults;
    this.#queue = new JobQueue(options.queue ?? queue, options.queueSize ?? queueSize);
    if (options.servers !== undefined && options.model !== undefined)
      this.#fallback = this.#openFallback(options.model, watcher);
    this.ready = this.#open(watcher);
    // Each image fails with the same error, so it is not lost if nothing awaits \`ready\`.
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
    const { objects, width, height, inferenceMs, server } = findings;
    return {
      detections: objects.map((object) => detectionOf(object, labels)),
      model: name,
      ...(server !== undefined && { server }),
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
    await Promise.all(
      this.#uses.map(async ([source, leasing]) => {
        const lease = await leasing.catch(() => undefined);
        lease?.pool.detach(source);
        await lease?.release();
      }),
    );
  }

  async #open(watcher: PoolWatcher | undefined): Promise<ModelInfo> {
    const { servers, model } = this.#options;
    const source = this.#fallback?.servers ?? this.#queue;
    const leasing =
      servers === undefined
        ? this.#leaseFile(model)
        : Promise.resolve(leaseServerPool(servers, this.#classes));
    const refused = (error: unknown): never => {
      source.refuse(error as Error);
      throw error;
    };
    const { pool } = await this.#use(source, leasing, watcher).catch(refused);
    // If it rejects, the pool has refused the images, and accepts them when a worker or a server is ready.
    const loaded = this.#withLabels(await pool.ready);
    if (this.#closed) throw closedError();
    try {
      this.#request(loaded);
    } catch (error) {
      refused(error);
    }
    return loaded;
  }

  /** Prepares the change to the local model. Its processes start when an image needs them. */
  #openFallback(model: string, watcher: DetectorWatcher | undefined): Fallback {
    let isOpen = false;
    const fallback = new Fallback(this.#queue, {
      onFallback: (reason) => {
        watcher?.onFallback?.(reason);
        if (isOpen || this.#closed) return;
        isOpen = true;
        this.#use(fallback.local, this.#leaseFile(model)).catch((error: unknown) => {
          fallback.local.refuse(error as Error);
        });
      },
      onServersBack: () => watcher?.onServersBack?.(),
    });
    // A wrong path must not show only when the servers are away.
    identifyModel(model).catch((error: unknown) => watcher?.onFallbackInvalid?.(error as Error));
    return fallback;
  }

  async #use(source: JobSource, leasing: Promise<PoolLease>, watcher?: PoolWatcher): Promise<PoolLease> {
    this.#uses.push([source, leasing]);
    const lease = await leasing;
    if (!this.#closed) lease.pool.attach(source, watcher);
    return lease;
  }

  async #leaseFile(model: string | undefined): Promise<PoolLease> {
    const { provider, threads, workers } = this.#options;
    return leasePool(model ?? "", {
      provider: provider ?? detectorDefaults.provider,
      threads: threads ?? defaultThreads(),
      workers: workers ?? detectorDefaults.workers,
      ...(this.#classes !== undefined && { classes: this.#classes }),
    });
  }

  /** The number of the user's labels, if there are any. */
  get #classes(): number | undefined {
    const { length } = this.#options.labels ?? [];
    return length === 0 ? undefined : length;
  }

  #withLabels(model: ModelInfo): ModelInfo {
    const { labels = [] } = this.#options;
    return labels.length > 0 ? { ...model, labels: [...labels] } : model;
  }

  /** @throws {SurveillanceError} CONFIG_INVALID for a class that the model does not have */
  #request({ labels, labelled }: ModelInfo): DetectOptions {
    const { classes = [], ...options } = this.#options;
    return {
      confidence: options.confidence ?? detectorDefaults.confidence,
      iou: options.iou ?? detectorDefaults.iou,
      maxDetections: options.maxDetections ?? detectorDefaults.maxDetections,
      ...(classes.length > 0 &&
        (labelled
          ? { classes: classes.map((given) => labels[Number(given)] ?? given) }
          : { classIds: classIdsOf(classes, labels) })),
    };
  }
}

function detectionOf({ classId: id, label, score, box }: FoundObject, labels: readonly string[]): Detection {
  const known = labels.findIndex((each) => each.toLowerCase() === label?.toLowerCase());
  const classId = id ?? (known < 0 ? undefined : known);
  return {
    label: label ?? (id === undefined ? "" : labelOf(id, labels)),
    ...(classId !== undefined && { classId }),
    // More digits of a float carry no information, and people read the score in alarms.
    score: Math.round(score * 1e4) / 1e4,
    box,
  };
}

/** Half of the cores, so that the others stay free for Node-RED and ffmpeg. More than four hardly make a run faster. */
function defaultThreads(): number {
  return Math.min(4, Math.max(1, Math.floor(os.availableParallelism() / 2)));
}

function closedError(): SurveillanceError {
  return new SurveillanceError("CLOSED", "The detector was closed.");
}
