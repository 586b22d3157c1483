/**
 * How an envelope writes what JSON cannot express: `{"$": [kind, …]}`. An object of a message that has the property `$`
 * is written as its entries.
 */
export const MARK = "$";

/** No message of a flow is nested deeper. Deeper ones would exhaust the stack of whatever clones them. */
export const MAX_DEPTH = 200;
/** The number of values in one message. Shared references count at each place: they could multiply without limit. */
export const MAX_VALUES = 1_000_000;

/** The kinds whose bytes follow the JSON. Their elements are in the byte order of all supported processors. */
export const binaryKinds = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

export type BinaryKind = keyof typeof binaryKinds;

/** Tells whether a kind is that of a typed array. */
export function isBinaryKind(kind: unknown): kind is BinaryKind {
  return typeof kind === "string" && Object.hasOwn(binaryKinds, kind);
}
