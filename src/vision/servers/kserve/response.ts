import { SurveillanceError, toError } from "../../../core/errors";
import { isFields, type Fields } from "../../../core/fields";
import { toOutputTensor, type OutputTensor } from "../../onnx/tensor";
import { datatypeOf, elementsOf } from "./datatypes";

/** More than any detector has. A hostile response must not create a million tensors. */
const MAX_OUTPUTS = 64;
const MAX_DIMENSIONS = 8;
/** A response of 64 MiB holds this many float32. */
const MAX_ELEMENTS = 1 << 24;

/**
 * Reads the response to an inference request. Its outputs are binary, JSON, or mixed. Outputs of texts are left out.
 *
 * @param head the header `Inference-Header-Content-Length`; undefined if the response has none
 * @param where the server as the start of a sentence
 * @throws {SurveillanceError} INFERENCE_REPLY
 */
export function readInferResponse(head: string | undefined, body: Buffer, where: string): OutputTensor[] {
  const invalid = (why: string): SurveillanceError =>
    new SurveillanceError("INFERENCE_REPLY", `${where}: the response does not match the protocol: ${why}.`, {
      advice: "Check that the URL is that of the inference server, and that its dialect is kserve.",
    });
  try {
    return readOutputs(head, body);
  } catch (thrown) {
    throw invalid(thrown instanceof Mismatch ? thrown.message : `it is not JSON (${toError(thrown).name})`);
  }
}

/** The reason why a response does not match the protocol. */
class Mismatch extends Error {}

function readOutputs(head: string | undefined, body: Buffer): OutputTensor[] {
  const length = headLength(head, body);
  const json: unknown = JSON.parse(body.toString("utf8", 0, length));
  const outputs = isFields(json) ? json.outputs : undefined;
  if (!Array.isArray(outputs)) throw new Mismatch("it has no outputs");
  if (outputs.length > MAX_OUTPUTS) throw new Mismatch(`it has ${outputs.length} outputs`);
  let offset = length;
  const tensors: OutputTensor[] = [];
  for (const output of outputs as unknown[]) {
    const declared = readDeclaration(output);
    // Before memory is reserved for them: a number in JSON has at least one byte.
    if (declared.binarySize === undefined && declared.elements > body.length)
      throw new Mismatch(`the data of ${declared.name} is not complete`);
    const { name, type, dims, binarySize } = declared;
    const end = offset + (binarySize ?? 0);
    if (end > body.length) throw new Mismatch(`the data of ${name} is not complete`);
    const bytes = body.subarray(offset, end);
    offset = end;
    if (type === "bytes") continue;
    const data = binarySize === undefined ? jsonNumbers(declared, length) : binaryNumbers(declared, bytes);
    tensors.push(toOutputTensor(name, { type, dims, data }));
  }
  if (offset !== body.length) throw new Mismatch(`${body.length - offset} bytes follow the last output`);
  return tensors;
}

function headLength(head: string | undefined, body: Buffer): number {
  if (head === undefined) return body.length;
  const length = /^\d{1,10}$/.test(head) ? Number(head) : Number.NaN;
  if (!(length <= body.length))
    throw new Mismatch(`its JSON has ${head.slice(0, 20)} bytes of ${body.length}`);
  return length;
}

interface Declaration {
  name: string;
  type: string;
  dims: number[];
  elements: number;
  /** Bytes of one element. */
  size: number;
  /** Undefined for an output in the JSON. */
  binarySize: number | undefined;
  data: unknown;
}

function readDeclaration(output: unknown): Declaration {
  const { name, datatype, shape, parameters, data } = isFields(output) ? output : ({} as Fields);
  if (typeof name !== "string") throw new Mismatch("an output has no name");
  const known = datatypeOf(datatype);
  if (known === undefined) throw new Mismatch(`${name} has an unknown datatype`);
  if (!isShape(shape)) throw new Mismatch(`${name} has no valid shape`);
  const elements = shape.reduce((product, dimension) => product * dimension, 1);
  if (elements > MAX_ELEMENTS) throw new Mismatch(`${name} has ${elements} elements`);
  const binarySize = isFields(parameters) ? parameters.binary_data_size : undefined;
  if (binarySize !== undefined && !isCount(binarySize))
    throw new Mismatch(`${name} has no valid binary_data_size`);
  return { name, type: known.type, size: known.size, dims: shape, elements, binarySize, data };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isShape(shape: unknown): shape is number[] {
  return Array.isArray(shape) && shape.length <= MAX_DIMENSIONS && shape.every(isCount);
}

function binaryNumbers({ name, type, elements, size }: Declaration, bytes: Buffer): unknown {
  if (bytes.length !== elements * size)
    throw new Mismatch(`${name} has ${bytes.length} bytes instead of ${elements * size}`);
  return elementsOf(type, bytes);
}

/** Reads the numbers of an output in row-major order, nested or flat. */
function jsonNumbers(
  { name, type, elements, data }: Declaration,
  jsonBytes: number,
): Float32Array | Float64Array {
  // A small response must not reserve much memory.
  if (elements > jsonBytes) throw new Mismatch(`${name} has fewer numbers than its shape`);
  const numbers = type.endsWith("64") ? new Float64Array(elements) : new Float32Array(elements);
  let count = 0;
  const read = (value: unknown, depth: number): void => {
    if (Array.isArray(value) && depth <= MAX_DIMENSIONS) {
      for (const element of value as unknown[]) read(element, depth + 1);
      return;
    }
    if (typeof value !== "number" && typeof value !== "boolean")
      throw new Mismatch(`${name} has data that are not numbers`);
    if (count >= elements) throw new Mismatch(`${name} has more than ${elements} numbers`);
    numbers[count++] = Number(value);
  };
  if (!Array.isArray(data)) throw new Mismatch(`${name} has no data`);
  read(data, 0);
  if (count !== elements) throw new Mismatch(`${name} has ${count} numbers instead of ${elements}`);
  return numbers;
}
