/**
 * What goes into a model and comes out of it, as plain data: it crosses the border to the worker's process. Nothing here
 * needs the types of ONNX Runtime, so programs that use `/vision` compile without that package.
 */
import type { ImageSize, PixelBox } from "../media/frame";

export const providers = ["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"] as const;
export type Provider = (typeof providers)[number];

/** What happens to an image that comes while another one is waiting. */
export const queuePolicies = ["latest", "fifo"] as const;
export type QueuePolicy = (typeof queuePolicies)[number];

/** What holds where a user chooses nothing. */
export const detectorDefaults = {
  confidence: 0.25,
  iou: 0.45,
  maxDetections: 300,
  workers: 1,
  provider: "cpu",
  queue: "latest",
  queueSize: 10,
} as const;

/** How a model is loaded. */
export interface ModelSettings {
  /** What ONNX Runtime computes on. */
  provider: Provider;
  /** How many CPU cores one run may use. */
  threads: number;
  /** How many labels the user gave, where they did. */
  classes?: number;
}

/** What is known of a model once it is loaded. */
export interface ModelInfo {
  /** The file's name without its folder. */
  name: string;
  /** The model family that it was recognised as, such as `yolov8`. */
  family: string;
  /** Of the images that it takes, pixels. */
  input: ImageSize;
  /** Class names by class id, as the model brings them; empty when it brings none. */
  labels: string[];
  /** It runs in WebAssembly, which takes about four times as long as the native package. */
  runtime?: "wasm";
}

/** What to look for in one image. */
export interface DetectOptions {
  /** 0..1; objects must score higher. */
  confidence: number;
  /** 0..1; of two boxes of a class that overlap by more, the better one stays. */
  iou: number;
  maxDetections: number;
  /** Class ids; all when undefined. */
  classIds?: readonly number[];
}

/** An object by its class id: the caller adds the name. */
export interface FoundObject {
  classId: number;
  score: number;
  /** In pixels of the image. */
  box: PixelBox;
}

/** The objects of one image. */
export interface Findings {
  objects: FoundObject[];
  /** Of the image, pixels. */
  width: number;
  height: number;
  /** The model alone, without reading the image. */
  inferenceMs: number;
}
