/** Detection on inference servers: the settings, and what the caller gets. */
import type { ConnectionOptions } from "node:tls";
import type { SurveillanceError } from "../../core/errors";
import type { PixelBox } from "../../media/frame";
import type { InputTensor, OutputTensor, TensorInfo } from "../onnx/tensor";

/**
 * - `kserve`: tensors in, tensors out: the Open Inference Protocol v2 over HTTP (Triton, OpenVINO Model Server, KServe,
 *   MLServer);
 * - `deepstack`: an image in, boxes out (DeepStack, CodeProject.AI).
 */
export const dialects = ["kserve", "deepstack"] as const;
export type Dialect = (typeof dialects)[number];

export const inferenceServerDefaults = { dialect: "kserve", inFlight: 1, timeout: 5 } as const;

/** The settings of a group of servers that have the same model. */
export interface InferenceServerSettings {
  /** `http://host[:port][/path]` of each server. */
  urls: readonly string[];
  /** The name of the model. With `deepstack`, empty for the default model. */
  model: string;
  /** The version of the model; default: the server chooses. Only with `kserve`. */
  version?: string | undefined;
  /** The number of requests that one server gets at the same time; default 1. */
  inFlight?: number | undefined;
  /** Seconds for one image, with the repetition on another server; default 5. */
  timeout?: number | undefined;
  /** Sent as `Authorization: Bearer`; with `deepstack` also as `api_key`. */
  token?: string | undefined;
  /** The header `Host`, if it differs from the URL: the ingress of KServe chooses the model by it. */
  host?: string | undefined;
  /** Default true. False accepts any certificate, of these servers only. */
  verifyTls?: boolean | undefined;
  /** Certificate authority, client certificate, server name. */
  tls?: Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase" | "servername"> | undefined;
}

/** The state of a group of servers. */
export interface ServersState {
  /** The number of servers that are ready. */
  ready: number;
  servers: number;
  /** Some servers had their first check not yet: whether the model can be used is not known if `ready` is 0. */
  checking: boolean;
  /** The errors of the servers that are not ready, each with its server in the message. */
  errors: readonly SurveillanceError[];
}

/** Receives each change of the state, and the current state at once. */
export type ServersWatcher = (state: ServersState) => void;

/** A model as its server describes it. Types are named as in ONNX; `bytes` accepts a whole JPEG file per element. */
export interface ServerModel {
  name: string;
  inputs: readonly TensorInfo[];
  outputs: readonly TensorInfo[];
}

export interface InferOptions {
  /** The camera of the image: cameras are served in turn. */
  lane?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** The answer of a server, with the URL of the server and the time of the request that succeeded. */
export interface Answer<Value> {
  value: Value;
  server: string;
  milliseconds: number;
}

interface Servers {
  readonly state: ServersState;
  /** The number of requests that all servers together get at the same time. */
  readonly slots: number;
  /** Ends all requests with CLOSED. */
  close(): Promise<void>;
}

/** Servers of the dialect `kserve`. */
export interface TensorServers extends Servers {
  /**
   * The model. Waits for the first ready server.
   *
   * @throws {SurveillanceError} INFERENCE_UNAVAILABLE after `timeout`, or INFERENCE_MODEL, INFERENCE_REFUSED, TLS_FAILED
   *   and so on if all servers have one. It can be called again.
   */
  model(): Promise<ServerModel>;
  /**
   * Runs the model on inputs by name. A JPEG is `{ type: "bytes", dims: [1], data: jpeg }`. The inputs must not change
   * until the result is there.
   *
   * @throws {SurveillanceError} INFERENCE_UNAVAILABLE, INFERENCE_REFUSED, INFERENCE_MODEL, INFERENCE_REPLY, TIMEOUT,
   *   TOO_LARGE, QUEUE_FULL, CLOSED, CONNECTION_LOST, …
   */
  infer(
    inputs: Readonly<Record<string, InputTensor>>,
    options?: InferOptions,
  ): Promise<Answer<OutputTensor[]>>;
}

/** An object that a server of the dialect `deepstack` has found. */
export interface LabelledBox {
  label: string;
  /** 0..1 */
  score: number;
  /** In pixels of the image that was sent. */
  box: PixelBox;
}

/** Servers of the dialect `deepstack`. */
export interface ImageServers extends Servers {
  /**
   * Finds the objects in an encoded image (JPEG, PNG).
   *
   * @param confidence 0..1; objects must score at least this
   * @throws {SurveillanceError} as `infer` of {@link TensorServers}
   */
  detect(image: Buffer, options: InferOptions & { confidence: number }): Promise<Answer<LabelledBox[]>>;
}
