import { isFields, type Fields } from "../../core/fields";
import { binaryKinds, isBinaryKind, MARK, MAX_DEPTH } from "./values";

/** Converts parsed JSON back to the values of a message. Each byte of the buffers is used once, in order. */
export class Unpacker {
  readonly #bytes: Buffer;
  #at = 0;

  /** @param bytes what follows the JSON */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws {Error} */
  unpack(value: unknown, depth = 0): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH * 3) throw new Error("it is nested too deep");
    if (Array.isArray(value)) return value.map((item) => this.unpack(item, depth + 1));
    const marked = value as Fields;
    if (Object.hasOwn(marked, MARK)) return this.#special(marked[MARK], depth + 1);
    // The parsed object is changed in place: `__proto__` is an own property of it, and stays one.
    for (const name of Object.keys(marked)) {
      const inner = marked[name];
      if (typeof inner === "object") marked[name] = this.unpack(inner, depth + 1);
    }
    return marked;
  }

  /**
   * Checks that all bytes were used.
   * @throws {Error}
   */
  finish(): void {
    if (this.#at !== this.#bytes.length) throw new Error("it has more bytes than its head says");
  }

  /**
   * Checks that a value from outside is not nested deeper than a message may be.
   * @throws {Error}
   */
  static checkDepth(value: unknown, depth = 0): void {
    if (typeof value !== "object" || value === null) return;
    if (depth > MAX_DEPTH) throw new Error("it is nested too deep");
    for (const inner of Object.values(value)) Unpacker.checkDepth(inner, depth + 1);
  }

  #special(parts: unknown, depth: number): unknown {
    if (!Array.isArray(parts)) throw new Error("a value has no kind");
    const [kind, first, second] = parts as unknown[];
    if (isBinaryKind(kind)) return this.#typedArray(binaryKinds[kind], first);
    switch (kind) {
      case "undefined":
        return undefined;
      case "Buffer":
        return this.#take(first);
      case "ArrayBuffer":
        return this.#copy(first);
      case "DataView":
        return new DataView(this.#copy(first));
      case "Date":
        return new Date(typeof first === "number" ? first : Number.NaN);
      case "number":
        return Number(first);
      case "bigint":
        return bigintOf(first);
      case "RegExp":
        return new RegExp(String(first), String(second));
      case "Map":
        return new Map(this.#pairs(first, depth));
      case "Set":
        return new Set(this.#list(first, depth));
      case "Error":
        return errorOf(this.#pairs(first, depth));
      case "object":
        return Object.fromEntries(this.#pairs(first, depth) as [string, unknown][]);
      default:
        throw new Error("a value is of an unknown kind");
    }
  }

  #take(length: unknown): Buffer {
    const rest = this.#bytes.length - this.#at;
    if (typeof length !== "number" || !Number.isInteger(length) || length < 0 || length > rest) {
      throw new Error("it ends early");
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Typed arrays need an aligned buffer, and bytes of their own. */
  #copy(length: unknown): ArrayBuffer {
    return new Uint8Array(this.#take(length)).buffer;
  }

  #typedArray(kind: (typeof binaryKinds)[keyof typeof binaryKinds], length: unknown): unknown {
    return new kind(this.#copy(length));
  }

  #list(value: unknown, depth: number): unknown[] {
    if (!Array.isArray(value)) throw new Error("a value is incomplete");
    return this.unpack(value, depth) as unknown[];
  }

  #pairs(value: unknown, depth: number): [unknown, unknown][] {
    const pairs = this.#list(value, depth);
    if (!pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
      throw new Error("a value is incomplete");
    }
    return pairs as [unknown, unknown][];
  }
}

/** Hexadecimal text is parsed in linear time; decimal text is not. */
function bigintOf(text: unknown): bigint {
  if (typeof text !== "string" || !/^-?[0-9a-f]+$/.test(text)) throw new Error("a value is incomplete");
  return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}

function errorOf(pairs: readonly [unknown, unknown][]): Error {
  const fields = Object.fromEntries(pairs as [string, unknown][]);
  const { name, message, stack, ...own } = fields;
  const error = new Error(typeof message === "string" ? message : "");
  for (const [key, value] of Object.entries({ name, stack })) {
    if (typeof value === "string")
      Object.defineProperty(error, key, { value, configurable: true, writable: true });
  }
  // An own property `__proto__` would otherwise replace the prototype.
  if (isFields(own)) for (const [key, value] of Object.entries(own)) define(error, key, value);
  return error;
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
}
