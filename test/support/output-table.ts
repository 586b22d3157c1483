import type { OutputTensor } from "../../src/vision/onnx/tensor";

/** A model's output with values between 0 and 1 that differ. */
export function outputTable(name: string, dims: number[]): OutputTensor {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return { name, dims, data: Float32Array.from({ length }, (_, i) => ((i * 7) % 97) / 97) };
}
