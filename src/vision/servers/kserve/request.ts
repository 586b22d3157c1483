import { SurveillanceError } from "../../../core/errors";
import type { InputTensor } from "../../onnx/tensor";
import { datatypeName, elementsOf } from "./datatypes";

/** The body of an inference request, and the headers that describe it. */
export interface EncodedRequest {
  headers: Record<string, string>;
  body: Buffer;
}

interface EncodedInput {
  name: string;
  shape: readonly number[];
  datatype: string;
  type: string;
  bytes: Uint8Array;
}

/** The length of an element of BYTES precedes it. */
const LENGTH_BYTES = 4;
const ONLY_BINARY: readonly string[] = ["bytes", "float16", "bfloat16"];

/**
 * An inference request of the Open Inference Protocol. It copies the inputs, so that the caller can reuse their memory,
 * and the same bytes can be sent to a second server.
 */
export class InferRequest {
  readonly #inputs: EncodedInput[];
  readonly #outputs: readonly string[];
  readonly #binary: EncodedRequest;

  /**
   * @param outputs the names of the outputs that are wanted; all if empty
   * @throws {SurveillanceError} CONFIG_INVALID for a type that the protocol does not have
   */
  constructor(inputs: Readonly<Record<string, InputTensor>>, outputs: readonly string[]) {
    this.#outputs = outputs;
    const given = Object.entries(inputs).map(([name, tensor]) => encodeInput(name, tensor));
    const head = Buffer.from(
      JSON.stringify({
        inputs: given.map(({ name, shape, datatype, bytes }) => ({
          name,
          shape,
          datatype,
          parameters: { binary_data_size: bytes.length },
        })),
        ...(outputs.length === 0
          ? { parameters: { binary_data_output: true } }
          : { outputs: outputs.map((name) => ({ name, parameters: { binary_data: true } })) }),
      }),
    );
    const body = Buffer.concat([head, ...given.map(({ bytes }) => bytes)]);
    this.#binary = {
      headers: {
        "content-type": "application/octet-stream",
        "inference-header-content-length": String(head.length),
      },
      body,
    };
    let offset = head.length;
    this.#inputs = given.map((input) => {
      const bytes = body.subarray(offset, (offset += input.bytes.length));
      return { ...input, bytes };
    });
  }

  /** The request with the tensors as bytes after the JSON. */
  get binary(): EncodedRequest {
    return this.#binary;
  }

  /**
   * The request as JSON alone, for servers without the binary extension: about four times as many bytes. Undefined if
   * JSON cannot express one of its types.
   */
  get json(): EncodedRequest | undefined {
    if (this.#inputs.some(({ type }) => ONLY_BINARY.includes(type))) return undefined;
    const inputs = this.#inputs.map(({ name, shape, datatype, type, bytes }) => ({
      name,
      shape,
      datatype,
      data: Array.from(elementsOf(type, bytes) as ArrayLike<number | bigint>, Number),
    }));
    const outputs = this.#outputs.length > 0 && { outputs: this.#outputs.map((name) => ({ name })) };
    return {
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify({ inputs, ...outputs })),
    };
  }
}

function encodeInput(name: string, { type, dims, data }: InputTensor): EncodedInput {
  const datatype = datatypeName(type);
  if (datatype === undefined)
    throw new SurveillanceError("CONFIG_INVALID", `The input ${name} has the unknown type ${type}.`);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, shape: dims, datatype, type, bytes: type === "bytes" ? withLength(bytes) : bytes };
}

function withLength(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}
