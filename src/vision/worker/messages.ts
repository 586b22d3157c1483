import { SurveillanceError, toError, type ErrorCode } from "../../core/errors";
import type { AnyImage } from "../../media/frame";
import type { DetectOptions, Findings, ModelInfo, ModelSettings } from "../model-types";

/** What a worker is asked: first to load a model, then, one at a time, to look at images. */
export type Request =
  | { type: "load"; file: string; settings: ModelSettings }
  | { type: "detect"; image: AnyImage; options: DetectOptions };

/** What it answers, one reply to each request. */
export type Reply =
  | { type: "ready"; info: ModelInfo }
  | { type: "found"; findings: Findings }
  | { type: "failed"; error: SentError };

/** An error on its way between processes, where classes get lost. */
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
