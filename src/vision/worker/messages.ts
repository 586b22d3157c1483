import { SurveillanceError, toError, type ErrorCode } from "../../core/errors";
import type { AnyImage } from "../../media/frame";
import type { DetectOptions, Findings, ModelInfo, ModelSettings } from "../model-types";

/** A request to a worker: first one to load a model, then one for each image, one at a time. */
export type WorkerRequest =
  | { type: "load"; file: string; settings: ModelSettings }
  | { type: "detect"; image: AnyImage; options: DetectOptions };

/** The worker's response: one to each request. */
export type WorkerResponse =
  | { type: "ready"; info: ModelInfo }
  | { type: "found"; findings: Findings }
  | { type: "failed"; error: SentError };

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
