/** The datatypes of the Open Inference Protocol, and the names that ONNX has for them. */

interface Datatype {
  /** As in ONNX. */
  type: string;
  /** Bytes of one element; 0 if each has its own length. */
  size: number;
}

const datatypes = new Map<string, Datatype>([
  ["BOOL", { type: "bool", size: 1 }],
  ["UINT8", { type: "uint8", size: 1 }],
  ["UINT16", { type: "uint16", size: 2 }],
  ["UINT32", { type: "uint32", size: 4 }],
  ["UINT64", { type: "uint64", size: 8 }],
  ["INT8", { type: "int8", size: 1 }],
  ["INT16", { type: "int16", size: 2 }],
  ["INT32", { type: "int32", size: 4 }],
  ["INT64", { type: "int64", size: 8 }],
  ["FP16", { type: "float16", size: 2 }],
  ["BF16", { type: "bfloat16", size: 2 }],
  ["FP32", { type: "float32", size: 4 }],
  ["FP64", { type: "float64", size: 8 }],
  ["BYTES", { type: "bytes", size: 0 }],
]);
const names = new Map([...datatypes].map(([name, { type }]) => [type, name]));

/** Returns the type and size of a datatype; undefined if the protocol has none of this name. */
export function datatypeOf(name: unknown): Datatype | undefined {
  return typeof name === "string" ? datatypes.get(name) : undefined;
}

/** Returns the protocol's name of an ONNX type; undefined if it has none. */
export function datatypeName(type: string): string | undefined {
  return names.get(type);
}

/**
 * Returns the elements of a tensor in a copy: its bytes start anywhere in a response, and typed arrays need a start that
 * is a multiple of their element size.
 *
 * @param type as in ONNX, not `bytes`
 */
export function elementsOf(
  type: string,
  bytes: Uint8Array,
): ArrayLike<number> | BigInt64Array | BigUint64Array {
  const copy = new Uint8Array(bytes).buffer;
  switch (type) {
    case "uint16":
    case "float16":
      return new Uint16Array(copy);
    case "bfloat16":
      return brainFloats(new Uint16Array(copy));
    case "uint32":
      return new Uint32Array(copy);
    case "uint64":
      return new BigUint64Array(copy);
    case "int8":
      return new Int8Array(copy);
    case "int16":
      return new Int16Array(copy);
    case "int32":
      return new Int32Array(copy);
    case "int64":
      return new BigInt64Array(copy);
    case "float32":
      return new Float32Array(copy);
    case "float64":
      return new Float64Array(copy);
    default:
      return new Uint8Array(copy);
  }
}

/** A bfloat16 is the upper half of a float32. */
function brainFloats(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let index = 0; index < bits.length; index++) words[index] = (bits[index] ?? 0) << 16;
  return new Float32Array(words.buffer);
}
