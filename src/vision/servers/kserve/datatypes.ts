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

const arrays = {
  uint16: Uint16Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/**
 * Returns the elements of a tensor. They share the memory of the bytes if these start at a multiple of the element size,
 * as typed arrays need it. Elsewhere in a response they are copied.
 *
 * @param type as in ONNX, not `bytes`
 */
export function elementsOf(
  type: string,
  bytes: Uint8Array,
): ArrayLike<number> | BigInt64Array | BigUint64Array {
  if (!(type in arrays)) return bytes;
  const Elements = arrays[type as keyof typeof arrays];
  const size = Elements.BYTES_PER_ELEMENT;
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const elements = new Elements(buffer as ArrayBuffer, byteOffset, byteLength / size);
  return type === "bfloat16" ? brainFloats(elements as Uint16Array) : elements;
}

/** A bfloat16 is the upper half of a float32. */
function brainFloats(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let index = 0; index < bits.length; index++) words[index] = (bits[index] ?? 0) << 16;
  return new Float32Array(words.buffer);
}
