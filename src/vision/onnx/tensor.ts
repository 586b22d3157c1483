/** Tensors as plain data, without the types of ONNX Runtime. */
import { halvesToFloats } from "../float16";

/** An input of a run. float16 is given as its bits. */
export interface InputTensor {
  type: string;
  dims: readonly number[];
  data: Float32Array | Uint16Array | Uint8Array | BigInt64Array;
}

/** An output of a run, with its numbers as float32 (64-bit integers as float64). */
export interface OutputTensor {
  name: string;
  dims: readonly number[];
  data: Float32Array | Float64Array;
}

/** An input or output as the model declares it. */
export interface TensorInfo {
  name: string;
  /** Undefined if it is not a tensor. */
  type: string | undefined;
  /** A dynamic dimension is given by its name. */
  shape: readonly (number | string)[];
}

/** Converts a result of ONNX Runtime to numbers that JavaScript can calculate with. */
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
    // Uint16Array up to Node 22, Float16Array from Node 24: the same bits.
    const { buffer, byteOffset, length } = data as Uint16Array;
    return halvesToFloats(new Uint16Array(buffer, byteOffset, length));
  }
  return Float32Array.from(data as Int32Array);
}

/** Returns the numbers of an output; empty if the run did not return it. */
export function dataOf(outputs: readonly OutputTensor[], name: string): OutputTensor["data"] {
  return outputs.find((output) => output.name === name)?.data ?? new Float32Array();
}

/** Describes inputs or outputs in an error message: `images float32 [1, 3, 640, 640]`. */
export function describeTensors(tensors: readonly TensorInfo[]): string {
  return tensors
    .map(({ name, type, shape }) => (type === undefined ? name : `${name} ${type} [${shape.join(", ")}]`))
    .join(", ");
}
