import type { InferenceSession, Tensor } from "onnxruntime-node";
import { halvesToFloats } from "./float16";
import type { OutputTensor } from "./layout";

/** A result of ONNX Runtime with its numbers in a type that can be calculated with. */
export function toOutputTensor(name: string, { type, dims, data }: Tensor): OutputTensor {
  return { name, dims, data: toNumbers(type, data) };
}

function toNumbers(type: Tensor.Type, data: Tensor["data"]): OutputTensor["data"] {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (type === "float16") {
    // Uint16Array up to Node 22, Float16Array from 24 on: the same bits.
    const { buffer, byteOffset, length } = data as Uint16Array;
    return halvesToFloats(new Uint16Array(buffer, byteOffset, length));
  }
  return Float32Array.from(data as Int32Array);
}

/** Inputs or outputs for an error message: `images float32 [1, 3, 640, 640]`. */
export function describeTensors(metadata: readonly InferenceSession.ValueMetadata[]): string {
  const texts = metadata.map((value) =>
    value.isTensor ? `${value.name} ${value.type} [${value.shape.join(", ")}]` : value.name,
  );
  return texts.join(", ");
}
