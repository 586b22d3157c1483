/** Tensors as plain data, without the types of ONNX Runtime. */
import { halvesToFloats } from "../float16";

/** A tensor to run a model with. float16 is given as its bits. */
export interface InputTensor {
  type: string;
  dims: readonly number[];
  data: Float32Array | Uint16Array | Uint8Array | BigInt64Array;
}

/** A tensor that a run of a model gave, its numbers as float32 (integers of 64 bits as float64). */
export interface OutputTensor {
  name: string;
  dims: readonly number[];
  data: Float32Array | Float64Array;
}

/** An input or output as the model declares it. */
export interface TensorInfo {
  name: string;
  /** Undefined: it is not a tensor. */
  type: string | undefined;
  /** A dynamic dimension is its name. */
  shape: readonly (number | string)[];
}

/** A result of ONNX Runtime with its numbers in a type that can be calculated with. */
export function toOutputTensor(
  name: string,
  { type, dims, data }: { type: string; dims: readonly number[]; data: unknown },
): OutputTensor {
  return { name, dims, data: toNumbers(type, data) };
}

function toNumbers(type: string, data: unknown): OutputTensor["data"] {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (type === "float16") {
    // Uint16Array up to Node 22, Float16Array from 24 on: the same bits.
    const { buffer, byteOffset, length } = data as Uint16Array;
    return halvesToFloats(new Uint16Array(buffer, byteOffset, length));
  }
  return Float32Array.from(data as Int32Array);
}

/** The numbers of an output; empty where a run did not give it. */
export function dataOf(outputs: readonly OutputTensor[], name: string): OutputTensor["data"] {
  return outputs.find((output) => output.name === name)?.data ?? new Float32Array();
}

/** Inputs or outputs for an error message: `images float32 [1, 3, 640, 640]`. */
export function describeTensors(tensors: readonly TensorInfo[]): string {
  return tensors
    .map(({ name, type, shape }) => (type === undefined ? name : `${name} ${type} [${shape.join(", ")}]`))
    .join(", ");
}
