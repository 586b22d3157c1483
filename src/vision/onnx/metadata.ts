import { open, type FileHandle } from "node:fs/promises";
import { SurveillanceError } from "../../core/errors";
import { foreignFormat } from "./foreign-format";

/**
 * ModelProto.metadata_props of an ONNX file: the exporter's data beside the graph. onnxruntime-node does not provide
 * it, so this module reads the top level of the file (onnx.proto, message ModelProto; protobuf wire format). It skips
 * fields by their length, so it reads only a few kilobytes of a file of hundreds of megabytes.
 */
const METADATA_PROPS = 14;
const MAX_FIELDS = 10_000;
const MAX_PROPERTY_BYTES = 1 << 20;
/** A tag and a length, both at most 10 bytes as varints. */
const HEADER_BYTES = 20;

const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Reads the metadata of a model.
 *
 * @param file path of an ONNX file
 * @returns its metadata, key to value; empty if there is none
 * @throws {SurveillanceError} YOLO_MODEL_INVALID if the file is not a protobuf message
 */
export async function readOnnxMetadata(file: string): Promise<Map<string, string>> {
  const handle = await open(file);
  try {
    return await walk(handle, file);
  } finally {
    await handle.close();
  }
}

async function walk(handle: FileHandle, file: string): Promise<Map<string, string>> {
  const { size } = await handle.stat();
  const metadata = new Map<string, string>();
  let fields = 0;
  let position = 0;
  while (position < size) {
    const header = new Reader(await readAt(handle, position, Math.min(HEADER_BYTES, size - position)));
    const tag = header.varint();
    const length = tag === undefined ? undefined : fieldLength(tag & 7, header);
    const start = position + header.offset;
    if (tag === undefined || length === undefined || start + length > size || ++fields > MAX_FIELDS)
      throw notOnnx(file, await readAt(handle, 0, HEADER_BYTES));
    if (tag >>> 3 === METADATA_PROPS && (tag & 7) === WireType.bytes && length <= MAX_PROPERTY_BYTES) {
      const [key, value] = readProperty(await readAt(handle, start, length));
      metadata.set(key, value);
    }
    position = start + length;
  }
  if (fields === 0) throw notOnnx(file);
  return metadata;
}

/** Returns the number of bytes after the header; undefined if ONNX does not use this type of field. */
function fieldLength(wireType: number, header: Reader): number | undefined {
  switch (wireType) {
    case WireType.varint:
      return header.varint() === undefined ? undefined : 0;
    case WireType.fixed64:
      return 8;
    case WireType.bytes:
      return header.varint();
    case WireType.fixed32:
      return 4;
    default:
      return undefined;
  }
}

/** StringStringEntryProto: key = 1, value = 2. */
function readProperty(bytes: Buffer): [key: string, value: string] {
  const reader = new Reader(bytes);
  const texts = ["", ""];
  while (reader.offset < bytes.length) {
    const tag = reader.varint() ?? 0;
    const length = fieldLength(tag & 7, reader);
    if (length === undefined) break;
    const field = tag >>> 3;
    if (field === 1 || field === 2)
      texts[field - 1] = bytes.toString("utf8", reader.offset, reader.offset + length);
    reader.offset += length;
  }
  return texts as [string, string];
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function notOnnx(file: string, start?: Buffer): SurveillanceError {
  const foreign = foreignFormat(file, start);
  if (foreign !== undefined) return foreign;
  return new SurveillanceError("YOLO_MODEL_INVALID", `${file} is not an ONNX model.`, {
    advice: "Export the model to ONNX, and check that the file is complete.",
  });
}

class Reader {
  offset = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Reads a number; undefined if it is incomplete. Numbers above 2^53 lose precision, but none of them are used. */
  varint(): number | undefined {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = this.#bytes[this.offset];
      if (byte === undefined) return undefined;
      this.offset++;
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    return undefined;
  }
}
