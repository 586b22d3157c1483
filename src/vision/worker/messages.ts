import { SurveillanceError, toError, type ErrorCode } from "../../core/errors";
import type { Picture } from "../../media/frame";
import type { DetectOptions, Findings } from "../model/findings";
import type { ModelInfo } from "../model/model-info";
import type { SessionSettings } from "../model/session-settings";

/** What a worker is asked: first to load a model, then, one at a time, to look at pictures. */
export type Request =
  | { type: "load"; file: string; settings: SessionSettings }
  | { type: "detect"; picture: Picture; options: DetectOptions };

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
