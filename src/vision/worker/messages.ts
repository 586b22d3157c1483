import { SurveillanceError, toError, type ErrorCode } from "../../core/errors";
import type { AnyImage } from "../../media/frame";
import type { DetectionServers, DetectOptions, Findings, ModelInfo, ModelSettings } from "../model-types";

/** The first request to a worker: load a file, or open servers. */
export type LoadRequest =
  | { type: "load"; file: string; settings: ModelSettings }
  | { type: "open"; servers: DetectionServers; classes: number | undefined };

export interface DetectRequest {
  type: "detect";
  id: number;
  image: AnyImage;
  options: DetectOptions;
  camera: string;
}

export type WorkerRequest = LoadRequest | DetectRequest;

/** The state of a group of servers. */
export interface ServersReport {
  /** The number of servers that are ready. */
  ready: number;
  servers: number;
  /** The errors of the servers that are not ready. */
  errors: SentError[];
}

/**
 * The worker's responses: \`found\` or \`failed\` to each image, in any order. A worker that loads a file sends \`ready\` or
 * \`refused\` once. A worker with servers sends \`ready\` and \`away\` whenever it changes.
 */
export type WorkerResponse =
  | { type: "ready"; info: ModelInfo }
  | { type: "refused"; error: SentError }
  | { type: "away"; error: SentError }
  | { type: "servers"; report: ServersReport; slots: number }
  | { type: "found"; id: number; findings: Findings }
  | { type: "failed"; id: number; error: SentError };

/** An error as plain data: the channel between processes loses its class. */
export interface SentError {
  code: ErrorCode;
  message: string;
}

export function packError(thrown: unknown): SentError {
  const { message } = toError(thrown);
  return { code: thrown instanceof SurveillanceError ? thrown.code : "YOLO_INFERENCE_FAILED", message };
}

export function unpackError({ code, message }: SentError): SurveillanceError {
  return new SurveillanceError(code, message);
}
