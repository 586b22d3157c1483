/**
 * Writes small ONNX models (onnx.proto, protobuf wire format) for tests without downloads: graphs of constants and a few
 * operators.
 */

/** TensorProto.DataType */
const dataTypes = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;
export type OnnxType = keyof typeof dataTypes;

export interface OnnxTensor {
  name: string;
  type?: OnnxType;
  dims: readonly number[];
  /** Numbers of the type; bits for float16. */
  data: readonly number[] | Float32Array;
}

export interface OnnxValue {
  name: string;
  type?: OnnxType;
  /** A text names a dynamic axis. */
  shape: readonly (number | string)[];
}

export interface OnnxNode {
  operator: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** Whole numbers only. */
  attributes?: Record<string, number>;
}

export interface OnnxModel {
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  nodes: readonly OnnxNode[];
  constants?: readonly OnnxTensor[];
  metadata?: Record<string, string>;
}

/** @returns the bytes of an .onnx file */
export function onnxModel({ inputs, outputs, nodes, constants = [], metadata = {} }: OnnxModel): Buffer {
  const graph = [
    ...nodes.map((node) => field(1, nodeProto(node))),
    field(2, "test"),
    ...constants.map((tensor) => field(5, tensorProto(tensor))),
    ...inputs.map((value) => field(11, valueInfo(value))),
    ...outputs.map((value) => field(12, valueInfo(value))),
  ];
  return Buffer.concat([
    field(1, 8),
    field(7, Buffer.concat(graph)),
    field(8, field(2, 17)),
    ...Object.entries(metadata).map(([key, value]) =>
      field(14, Buffer.concat([field(1, key), field(2, value)])),
    ),
  ]);
}

/** Returns a detector with the same output tensors for every image. */
export function constantDetector(options: {
  input?: Partial<OnnxValue>;
  otherInputs?: OnnxValue[];
  outputs: readonly OnnxTensor[];
  /** The declared shapes of outputs with dynamic axes, by name. */
  shapes?: Record<string, (number | string)[]>;
  metadata?: Record<string, string>;
}): Buffer {
  const { input, otherInputs = [], outputs, shapes = {}, metadata = {} } = options;
  return onnxModel({
    inputs: [{ name: "images", shape: [1, 3, 64, 64], ...input }, ...otherInputs],
    constants: outputs.map((tensor) => ({ ...tensor, name: `${tensor.name}_data` })),
    nodes: outputs.map(({ name }) => ({ operator: "Identity", inputs: [`${name}_data`], outputs: [name] })),
    outputs: outputs.map(({ name, dims, type = "float32" }) => ({ name, type, shape: shapes[name] ?? dims })),
    metadata,
  });
}

/**
 * Returns a detector of 64 × 64 pixels in the layout of YOLOv8. It detects one box in the middle. Its scores for red, green
 * and blue are the means of these colours in the image, so that the output depends on the input.
 */
export function colourDetector(): Buffer {
  const cells = 84;
  // cx, cy, w, h of each cell: all sizes differ, and all scores are the same.
  const boxes = [32, 32, 20, 10].flatMap((value) =>
    Array.from({ length: cells }, (_, i) => value + i / 1000),
  );
  const mask = Array.from({ length: cells }, (_, index) => (index === 0 ? 1 : 0));
  return onnxModel({
    inputs: [{ name: "images", shape: [1, 3, 64, 64] }],
    constants: [
      { name: "boxes", dims: [1, 4, cells], data: boxes },
      { name: "mask", dims: [1, 1, cells], data: mask },
      { name: "shape", type: "int64", dims: [3], data: [1, 3, 1] },
    ],
    nodes: [
      { operator: "GlobalAveragePool", inputs: ["images"], outputs: ["means"] },
      { operator: "Reshape", inputs: ["means", "shape"], outputs: ["column"] },
      { operator: "Mul", inputs: ["column", "mask"], outputs: ["scores"] },
      {
        operator: "Concat",
        inputs: ["boxes", "scores"],
        outputs: ["output0"],
        attributes: { axis: 1 },
      },
    ],
    outputs: [{ name: "output0", shape: [1, 7, cells] }],
    metadata: { names: "{0: 'red', 1: 'green', 2: 'blue'}", task: "detect" },
  });
}

function nodeProto({ operator, inputs, outputs, attributes = {} }: OnnxNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(4, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      // AttributeProto: name 1, i 3, type 20 = INT (2)
      field(5, Buffer.concat([field(1, name), field(3, value), field(20, 2)])),
    ),
  ]);
}

function tensorProto({ name, type = "float32", dims, data }: OnnxTensor): Buffer {
  return Buffer.concat([
    ...dims.map((dim) => field(1, dim)),
    field(2, dataTypes[type]),
    field(8, name),
    field(9, rawData(type, data)),
  ]);
}

function rawData(type: OnnxType, data: OnnxTensor["data"]): Buffer {
  switch (type) {
    case "float32":
      return Buffer.from(Float32Array.from(data).buffer);
    case "float16":
      return Buffer.from(Uint16Array.from(data).buffer);
    case "uint8":
      return Buffer.from(data);
    case "int64":
      return Buffer.from(BigInt64Array.from(Array.from(data, BigInt)).buffer);
  }
}

function valueInfo({ name, type = "float32", shape }: OnnxValue): Buffer {
  const dims = shape.map((dim) => field(1, typeof dim === "number" ? field(1, dim) : field(2, dim)));
  const tensorType = Buffer.concat([field(1, dataTypes[type]), field(2, Buffer.concat(dims))]);
  return Buffer.concat([field(1, name), field(2, field(1, tensorType))]);
}

/** One protobuf field: a number as a varint, text and bytes with their length. */
function field(number: number, value: number | string | Buffer): Buffer {
  if (typeof value === "number") return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}
