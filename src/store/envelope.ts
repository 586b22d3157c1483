import { SurveillanceError, toError } from "../core/errors";
import { isFields, type Fields } from "../core/fields";
import { Packer } from "./envelope/pack";
import { Unpacker } from "./envelope/unpack";

/** The first bytes of an envelope; the last one is the version. The first is not valid in UTF-8, so JSON never has it. */
const MAGIC = Buffer.from([0x93, 0x43, 0x46, 0x53, 0x01]);
const HEAD = MAGIC.length + 4;
/** The largest envelope, bytes. */
const MAX_ENVELOPE = 64 * 1024 * 1024;

/** Properties of a message that only the process has, or that belong to the store it came from. */
const NOT_CARRIED: ReadonlySet<string> = new Set(["req", "res", "delivery", "stored"]);

/**
 * Converts a message to bytes: JSON, followed by the bytes of all buffers. Dates, maps, sets and typed arrays survive.
 * `req` and `res` of an HTTP request are left out, and so are `delivery` and `stored`.
 *
 * @param id the identity of the message; `msg.delivery.id` after decoding
 * @throws {SurveillanceError} STORE_MESSAGE_INVALID, which names the property; TOO_LARGE
 */
export function encodeMessage(msg: object, id?: string): Uint8Array {
  const packer = new Packer();
  const carried = Object.entries(msg).filter(([name]) => !NOT_CARRIED.has(name));
  const packed = packer.pack(Object.fromEntries(carried), "msg");
  const json = Buffer.from(JSON.stringify({ id, msg: packed }));
  const size = HEAD + json.length + packer.attachedBytes;
  if (size > MAX_ENVELOPE) {
    throw new SurveillanceError("TOO_LARGE", `The message has ${size} bytes. The limit is ${MAX_ENVELOPE}.`, {
      advice: "Store large content in files, and put their paths into the message.",
    });
  }
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([MAGIC, length, json, ...packer.attachments], size);
}

/**
 * The reverse of {@link encodeMessage}. Bytes that another program wrote become the payload: parsed if they are JSON,
 * else a Buffer. Their topic is the subject.
 *
 * @throws {SurveillanceError} STORE_MESSAGE_INVALID
 */
export function decodeMessage(bytes: Uint8Array, subject: readonly string[]): Fields {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length > MAX_ENVELOPE) throw invalid(subject, `it has ${buffer.length} bytes`);
  // The version is not compared: a newer one is not another program's.
  if (!buffer.subarray(0, MAGIC.length - 1).equals(MAGIC.subarray(0, -1))) return foreign(buffer, subject);
  try {
    return decode(buffer);
  } catch (thrown) {
    throw invalid(subject, toError(thrown).message, thrown);
  }
}

function decode(buffer: Buffer): Fields {
  if (buffer.length < HEAD) throw new Error("it ends early");
  if (buffer[MAGIC.length - 1] !== MAGIC.at(-1)) throw new Error("a newer version of this package wrote it");
  const end = HEAD + buffer.readUInt32BE(MAGIC.length);
  if (end > buffer.length) throw new Error("it ends early");
  const head: unknown = JSON.parse(buffer.toString("utf8", HEAD, end));
  if (!isFields(head)) throw new Error("it has no head");
  const unpacker = new Unpacker(buffer.subarray(end));
  const msg = unpacker.unpack(head.msg);
  unpacker.finish();
  // A Date or a Map is not a message.
  if (!isFields(msg) || Object.getPrototypeOf(msg) !== Object.prototype)
    throw new Error("it is not a message");
  if (typeof head.id === "string") msg.delivery = { id: head.id };
  return msg;
}

function foreign(buffer: Buffer, subject: readonly string[]): Fields {
  const topic = subject.join("/");
  try {
    const payload: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(buffer));
    // A payload as deep as no message of a flow remains bytes.
    Unpacker.checkDepth(payload);
    return { topic, payload };
  } catch {
    return { topic, payload: buffer };
  }
}

function invalid(subject: readonly string[], reason: string, cause?: unknown): SurveillanceError {
  return new SurveillanceError(
    "STORE_MESSAGE_INVALID",
    `A stored message of ${subject.join("/").slice(0, 200)} cannot be read: ${reason}.`,
    { advice: "It is damaged, or another version of this package wrote it.", cause },
  );
}
