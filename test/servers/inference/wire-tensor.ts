/** Tensors of the Open Inference Protocol in a simulated server, written from the protocol's text. */

export interface WireTensor {
  datatype: string;
  shape: number[];
  /** Little-endian, row-major. */
  bytes: Buffer;
}

/** Declared in the metadata of a model; -1 is any size. */
export interface TensorDeclaration {
  name: string;
  datatype: string;
  shape: number[];
}

const sizes: Readonly<Record<string, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
};

/** The reason why a server refuses a request. */
export class Refused extends Error {}

const product = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1);

/** Checks a tensor's bytes against its datatype and shape. */
export function checkBytes(name: string, { datatype, shape, bytes }: WireTensor): void {
  const elements = product(shape);
  if (datatype === "BYTES") {
    let at = 0;
    for (let index = 0; index < elements; index += 1) {
      if (at + 4 > bytes.length) throw new Refused(`incomplete string length for inference input '${name}'`);
      at += 4 + bytes.readUInt32LE(at);
    }
    if (at !== bytes.length) throw new Refused(`unexpected number of string elements for '${name}'`);
    return;
  }
  const size = sizes[datatype];
  if (size === undefined) throw new Refused(`unknown datatype '${datatype}' for '${name}'`);
  if (bytes.length !== elements * size)
    throw new Refused(`'${name}' has ${bytes.length} bytes, expected ${elements * size}`);
}

/** Checks a tensor against the model's metadata. */
export function checkDeclared(
  name: string,
  { datatype, shape }: WireTensor,
  known: readonly TensorDeclaration[],
): void {
  const declared = known.find((tensor) => tensor.name === name);
  if (declared === undefined) throw new Refused(`unexpected inference input '${name}'`);
  if (declared.datatype !== datatype)
    throw new Refused(`'${name}' has datatype ${datatype}, the model expects ${declared.datatype}`);
  const fits =
    declared.shape.length === shape.length &&
    declared.shape.every((size, index) => size === -1 || size === shape[index]);
  if (!fits) throw new Refused(`unexpected shape [${shape.join(",")}] for input '${name}'`);
}

/** Reads `data`, nested or flat. */
export function bytesOfJson(datatype: string, data: unknown): Buffer {
  if (datatype === "FP16" || datatype === "BF16")
    throw new Refused(`${datatype} must be sent as binary data`);
  if (!Array.isArray(data)) throw new Refused("an input has neither data nor binary_data_size");
  const numbers = (data as unknown[]).flat(8);
  if (!numbers.every((value) => typeof value === "number")) throw new Refused("data must be numbers");
  const size = sizes[datatype] ?? 0;
  const bytes = Buffer.alloc(numbers.length * size);
  for (const [index, value] of numbers.entries()) write(bytes, datatype, index * size, value);
  return bytes;
}

function write(bytes: Buffer, datatype: string, at: number, value: number): void {
  if (datatype === "FP32") bytes.writeFloatLE(value, at);
  else if (datatype === "FP64") bytes.writeDoubleLE(value, at);
  else if (datatype === "INT64") bytes.writeBigInt64LE(BigInt(value), at);
  else if (datatype === "INT32") bytes.writeInt32LE(value, at);
  else bytes.writeUInt8(value, at);
}

/** Returns the elements as numbers for `data`. */
export function jsonOf({ datatype, bytes }: WireTensor): number[] {
  const size = sizes[datatype] ?? 1;
  return Array.from({ length: bytes.length / size }, (_, index) => {
    const at = index * size;
    if (datatype === "FP32") return bytes.readFloatLE(at);
    if (datatype === "FP64") return bytes.readDoubleLE(at);
    if (datatype === "INT64") return Number(bytes.readBigInt64LE(at));
    if (datatype === "INT32") return bytes.readInt32LE(at);
    return bytes.readUInt8(at);
  });
}

/** Nests numbers by their shape. */
export function nest(numbers: readonly number[], [size = 0, ...rest]: readonly number[]): unknown {
  if (rest.length === 0) return numbers.slice(0, size);
  const step = product(rest);
  return Array.from({ length: size }, (_, index) =>
    nest(numbers.slice(index * step, (index + 1) * step), rest),
  );
}

/** An FP32 tensor. */
export function fp32(shape: number[], values: readonly number[]): WireTensor {
  return { datatype: "FP32", shape, bytes: Buffer.from(Float32Array.from(values).buffer) };
}
