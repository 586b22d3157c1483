import type * as Ort from "onnxruntime-node";
import { SurveillanceError, toError } from "../../errors";

export const providers = ["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"] as const;
export type Provider = (typeof providers)[number];

export interface SessionSettings {
  /** What ONNX Runtime computes on. */
  provider: Provider;
  /** How many CPU cores one run may use. */
  threads: number;
  /** How many labels the user gave, where they did. */
  classes?: number;
}

/**
 * Opens a model with ONNX Runtime.
 *
 * @throws {SurveillanceError} DEPENDENCY_MISSING, YOLO_MODEL_INVALID, YOLO_PROVIDER_FAILED
 */
export async function openSession(
  file: string,
  { provider, threads }: SessionSettings,
): Promise<{ ort: typeof Ort; session: Ort.InferenceSession }> {
  const ort = await import("onnxruntime-node").catch((cause: unknown) => {
    throw new SurveillanceError(
      "DEPENDENCY_MISSING",
      "The package onnxruntime-node, which runs the model, is missing.",
      { advice: 'Run "npm install onnxruntime-node" in the Node-RED user directory.', cause },
    );
  });
  try {
    const session = await ort.InferenceSession.create(file, {
      executionProviders: [provider],
      graphOptimizationLevel: "all",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      logSeverityLevel: 3,
      // Threads that wait by spinning would take a core from Node-RED between the frames, for 3 ms gained a frame.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    return { ort, session };
  } catch (cause) {
    const reason = toError(cause).message;
    if (provider === "cpu")
      throw new SurveillanceError("YOLO_MODEL_INVALID", `${file} cannot be loaded: ${reason}.`, { cause });
    throw new SurveillanceError("YOLO_PROVIDER_FAILED", `${file} cannot be run on ${provider}: ${reason}.`, {
      advice: "Choose the provider cpu, or install the driver that this one needs.",
      cause,
    });
  }
}
