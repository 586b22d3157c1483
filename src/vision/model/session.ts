import type * as Ort from "onnxruntime-node";
import { SurveillanceError, toError } from "../../core/errors";
import { loadRuntime, type OnnxRuntime } from "./runtime";
import type { Provider, SessionSettings } from "./session-settings";

/**
 * Opens a model with ONNX Runtime.
 *
 * @throws {SurveillanceError} DEPENDENCY_MISSING, YOLO_MODEL_INVALID, YOLO_PROVIDER_FAILED
 */
export async function openSession(
  file: string,
  { provider, threads }: SessionSettings,
  runtime: Promise<OnnxRuntime> = loadRuntime(),
): Promise<OnnxRuntime & { session: Ort.InferenceSession }> {
  const { ort, kind } = await runtime;
  if (kind === "wasm" && provider !== "cpu")
    throw new SurveillanceError(
      "YOLO_PROVIDER_FAILED",
      `onnxruntime-web does not run models on ${provider}.`,
      {
        advice: "Choose the provider cpu, or install onnxruntime-node.",
      },
    );
  if (kind === "wasm") ort.env.wasm.numThreads = threads;
  try {
    const session = await ort.InferenceSession.create(file, {
      graphOptimizationLevel: "all",
      executionMode: "sequential",
      logSeverityLevel: 3,
      ...(kind === "wasm" ? { executionProviders: ["wasm"] } : nativeOptions(provider, threads)),
    });
    return { ort, kind, session };
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

function nativeOptions(provider: Provider, threads: number): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that wait by spinning would take a core from Node-RED between the frames, for 3 ms gained a frame.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
}
