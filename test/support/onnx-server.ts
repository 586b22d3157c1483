import * as ort from "onnxruntime-node";
import { KServeServer, type KServeOptions, type SimulatedModel } from "../servers/inference/kserve-server";
import type { TensorDeclaration, WireTensor } from "../servers/inference/wire-tensor";

/** The names of types in ONNX Runtime and on the wire. */
const datatypes = {
  float32: "FP32",
  float16: "FP16",
  uint8: "UINT8",
  int64: "INT64",
  int32: "INT32",
} as const;
type OnnxType = keyof typeof datatypes;

/** Starts a simulated KServe server that really runs a model. */
export async function startOnnxServer(
  name: string,
  model: string | Buffer,
  options: Omit<KServeOptions, "model"> = {},
): Promise<KServeServer> {
  return KServeServer.start({ ...options, model: await onnxServerModel(name, model) });
}

async function onnxServerModel(name: string, model: string | Buffer): Promise<SimulatedModel> {
  const settings = { intraOpNumThreads: 1 };
  const session =
    typeof model === "string"
      ? await ort.InferenceSession.create(model, settings)
      : await ort.InferenceSession.create(model, settings);
  return {
    name,
    inputs: session.inputMetadata.map(declarationOf),
    outputs: session.outputMetadata.map(declarationOf),
    compute: async (inputs) => {
      const feeds = Object.entries(inputs).map(([input, tensor]) => [input, toOrt(tensor)] as const);
      const results = await session.run(Object.fromEntries(feeds));
      return Object.fromEntries(Object.entries(results).map(([output, tensor]) => [output, toWire(tensor)]));
    },
  };
}

function declarationOf(value: ort.InferenceSession.ValueMetadata): TensorDeclaration {
  if (!value.isTensor) throw new Error(`${value.name} is not a tensor.`);
  const shape = value.shape.map((length) => (typeof length === "number" ? length : -1));
  return { name: value.name, datatype: datatypes[value.type as OnnxType], shape };
}

function toOrt({ datatype, shape, bytes }: WireTensor): ort.Tensor {
  const { buffer, byteOffset, length } = bytes;
  const copy = buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer;
  if (datatype === "FP32") return new ort.Tensor("float32", new Float32Array(copy), shape);
  if (datatype === "UINT8") return new ort.Tensor("uint8", new Uint8Array(copy), shape);
  if (datatype === "INT64") return new ort.Tensor("int64", new BigInt64Array(copy), shape);
  return new ort.Tensor("float16", new Uint16Array(copy) as never, shape);
}

function toWire({ type, dims, data }: ort.Tensor): WireTensor {
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return {
    datatype: datatypes[type as OnnxType],
    shape: [...dims],
    bytes: Buffer.from(buffer.slice(byteOffset, byteOffset + byteLength)),
  };
}
