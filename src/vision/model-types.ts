/**
 * The input and output of a model as plain data, because it is sent between processes. Nothing here needs the types of
 * ONNX Runtime, so programs that use `/vision` compile without that package.
 */
import type { ImageSize, PixelBox } from "../media/frame";
import type { Dialect, InferenceServerSettings } from "./servers/types";

export const providers = ["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"] as const;
export type Provider = (typeof providers)[number];

/** The handling of an image that arrives while another one is waiting. */
export const queuePolicies = ["latest", "fifo"] as const;
export type QueuePolicy = (typeof queuePolicies)[number];

/** The defaults of the detector's options. */
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
  /** The execution provider of ONNX Runtime. */
  provider: Provider;
  /** The number of CPU cores for one run. */
  threads: number;
  /** The number of the user's labels, if there are any. */
  classes?: number;
}

/**
 * How a server fits a JPEG file into the model's input. It decides where the boxes are:
 * - `letterbox`: in the model's input, with a border around the image;
 * - `stretch`: in the model's input, without a border;
 * - `image`: in pixels of the image, because the server converts them.
 */
export const imageFits = ["letterbox", "stretch", "image"] as const;
export type ImageFit = (typeof imageFits)[number];

/** A model on inference servers. */
export interface DetectionServers extends InferenceServerSettings {
  dialect: Dialect;
  /** The size of the model's input, pixels, if its servers do not tell it. Default 640. Only with `kserve`. */
  width?: number | undefined;
  /** Default: `width`. */
  height?: number | undefined;
  /** Only for a model that takes whole JPEG files. Default `letterbox`. */
  fit?: ImageFit | undefined;
}

/** The properties of a loaded model. */
export interface ModelInfo {
  /** The file's name without its folder, or the name on the server. */
  name: string;
  /** The model family, for example `yolov8`. */
  family: string;
  /** The size of its input image, pixels; undefined if only the server knows it. */
  input?: ImageSize;
  /** Class names by class id, from the model file; empty if it has none. */
  labels: string[];
  /** The server returns labels instead of class ids. */
  labelled?: true;
  /** The model runs in WebAssembly, about four times slower than in the native package. */
  runtime?: "wasm";
}

/** The options for one image. */
export interface DetectOptions {
  /** 0..1; objects must score higher. */
  confidence: number;
  /** 0..1; if two boxes of a class overlap by more, only the better one is kept. */
  iou: number;
  maxDetections: number;
  /** Class ids; all when undefined. */
  classIds?: readonly number[];
  /** The same as labels, for a server that returns labels. */
  classes?: readonly string[];
}

/** An object with its class id, to which the caller adds the name, or with the label that a server has given it. */
export interface FoundObject {
  classId?: number;
  label?: string;
  score: number;
  /** In pixels of the image. */
  box: PixelBox;
}

/** The objects of one image. */
export interface Findings {
  objects: FoundObject[];
  /** The size of the image, pixels. */
  width: number;
  height: number;
  /** The time of the model alone, without reading the image; with the transport to a server. */
  inferenceMs: number;
  /** The address of the server. */
  server?: string;
}
