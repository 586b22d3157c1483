import { performance } from "node:perf_hooks";
import type * as Ort from "onnxruntime-node";
import { SurveillanceError, toError } from "../../core/errors";
import type { ModelSession } from "../model/model-session";
import type { ModelSettings, Provider } from "../model-types";
import { loadRuntime, type OnnxRuntime } from "./runtime";
import { toOutputTensor, type TensorInfo } from "./tensor";

/** A model that ONNX Runtime has loaded. It blocks its thread during a run. */
export interface OnnxSession extends ModelSession {
  kind: OnnxRuntime["kind"];
}

/**
 * Opens a model with ONNX Runtime.
 *
 * @throws {SurveillanceError} DEPENDENCY_MISSING, YOLO_MODEL_INVALID, YOLO_PROVIDER_FAILED
 */
export async function openSession(
  file: string,
  { provider, threads }: ModelSettings,
  runtime: Promise<OnnxRuntime> = loadRuntime(),
): Promise<OnnxSession> {
  const { ort, kind } = await runtime;
  if (kind === "wasm" && provider !== "cpu")
    throw new SurveillanceError(
      "YOLO_PROVIDER_FAILED",
      `onnxruntime-web does not support the provider ${provider}.`,
      { advice: "Choose the provider cpu, or install onnxruntime-node." },
    );
  if (kind === "wasm") ort.env.wasm.numThreads = threads;
  const session = await create(ort, file, provider, {
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    logSeverityLevel: 3,
    ...(kind === "wasm" ? { executionProviders: ["wasm"] } : nativeOptions(provider, threads)),
  });
  return {
    kind,
    inputs: session.inputMetadata.map(infoOf),
    outputs: session.outputMetadata.map(infoOf),
    run: async (inputs) => {
      const feeds = Object.entries(inputs).map(([name, { type, data, dims }]) => [
        name,
        new ort.Tensor(type as Ort.Tensor.Type, data as never, dims),
      ]);
      const started = performance.now();
      const results = await session.run(Object.fromEntries(feeds) as Record<string, Ort.Tensor>);
      const outputs = Object.entries(results).map(([name, tensor]) => toOutputTensor(name, tensor));
      return { outputs, milliseconds: performance.now() - started };
    },
  };
}

async function create(
  ort: typeof Ort,
  file: string,
  provider: Provider,
  options: Ort.InferenceSession.SessionOptions,
): Promise<Ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(file, options);
  } catch (cause) {
    const reason = toError(cause).message;
    if (provider === "cpu")
      throw new SurveillanceError("YOLO_MODEL_INVALID", `${file} cannot be loaded: ${reason}.`, { cause });
    throw new SurveillanceError("YOLO_PROVIDER_FAILED", `${file} cannot be run on ${provider}: ${reason}.`, {
      advice: "Choose the provider cpu, or install the driver for this provider.",
      cause,
    });
  }
}

function nativeOptions(provider: Provider, threads: number): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Spinning threads would use a core between frames that Node-RED needs, to save only 3 ms per frame.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
}

function infoOf(value: Ort.InferenceSession.ValueMetadata): TensorInfo {
  const { name } = value;
  return value.isTensor
    ? { name, type: value.type, shape: value.shape }
    : { name, type: undefined, shape: [] };
}
