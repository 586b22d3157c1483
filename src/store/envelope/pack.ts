import { types } from "node:util";
import { SurveillanceError } from "../../core/errors";
import { isBinaryKind, MARK, MAX_DEPTH, MAX_VALUES } from "./values";

/** Converts the values of one message to values that JSON can express, and collects the bytes of its buffers. */
export class Packer {
  /** The bytes of all buffers, in the order of the JSON. */
  readonly attachments: Uint8Array[] = [];
  attachedBytes = 0;
  /** The objects that contain the current value. */
  readonly #around = new Set<object>();
  #values = 0;

  /**
   * @param where the value's name, for errors: `msg.payload.images[0]`
   * @throws {SurveillanceError} STORE_MESSAGE_INVALID
   */
  pack(value: unknown, where: string): unknown {
    if (++this.#values > MAX_VALUES) throw invalid(where, `has more than ${MAX_VALUES} values`);
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0) ? value : mark("number", numberText(value));
      case "undefined":
        return mark("undefined");
      case "bigint":
        return mark("bigint", value.toString(16));
      case "object":
        return value === null ? null : this.#object(value, where);
      case "function":
      case "symbol":
        throw invalid(where, `is a ${typeof value}`);
    }
  }

  #object(value: object, where: string): unknown {
    if (ArrayBuffer.isView(value)) return this.#view(value, where);
    if (types.isAnyArrayBuffer(value)) return this.#attach("ArrayBuffer", new Uint8Array(value));
    if (types.isDate(value)) return mark("Date", Number.isNaN(value.getTime()) ? null : value.getTime());
    if (types.isRegExp(value)) return mark("RegExp", value.source, value.flags);
    if (this.#around.has(value)) throw invalid(where, "contains itself");
    if (this.#around.size >= MAX_DEPTH) throw invalid(where, `is nested deeper than ${MAX_DEPTH} levels`);
    this.#around.add(value);
    const packed = this.#container(value, where);
    this.#around.delete(value);
    return packed;
  }

  #container(value: object, where: string): unknown {
    if (Array.isArray(value)) return this.#list(value, where);
    if (types.isMap(value)) return mark("Map", this.#list([...value], where));
    if (types.isSet(value)) return mark("Set", this.#list([...value], where));
    if (types.isNativeError(value)) {
      const known = ["name", "message", "stack"] as const;
      const entries = [...known.map((name) => [name, value[name]] as const), ...Object.entries(value)];
      return mark("Error", this.#entries(entries, where));
    }
    if (!isPlain(value)) throw invalid(where, `is an object of the class ${classOf(value)}`);
    const entries = this.#entries(Object.entries(value), where);
    if (Object.hasOwn(value, MARK)) return mark("object", entries);
    // fromEntries defines properties, so that `__proto__` is one too.
    return Object.fromEntries(entries);
  }

  #list(values: readonly unknown[], where: string): unknown[] {
    return Array.from(values, (value, at) => this.pack(value, `${where}[${at}]`));
  }

  #entries(entries: readonly (readonly [string, unknown])[], where: string): [string, unknown][] {
    return entries.map(([name, value]) => [name, this.pack(value, `${where}.${name}`)]);
  }

  #view(value: ArrayBufferView, where: string): unknown {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (Buffer.isBuffer(value)) return this.#attach("Buffer", bytes);
    if (types.isDataView(value)) return this.#attach("DataView", bytes);
    const kind = (value as Uint8Array)[Symbol.toStringTag] as string;
    if (!isBinaryKind(kind)) throw invalid(where, `is a ${kind}`);
    return this.#attach(kind, bytes);
  }

  #attach(kind: string, bytes: Uint8Array): unknown {
    this.attachments.push(bytes);
    this.attachedBytes += bytes.length;
    return mark(kind, bytes.length);
  }
}

function mark(...parts: unknown[]): unknown {
  return { [MARK]: parts };
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Function nodes run in a context of their own: their objects have another Object.prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function classOf(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "without a name";
}

function invalid(where: string, reason: string): SurveillanceError {
  return new SurveillanceError("STORE_MESSAGE_INVALID", `The message cannot be stored: ${where} ${reason}.`, {
    advice: "Remove the property before the message is stored.",
  });
}
