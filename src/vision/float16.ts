/**
 * IEEE 754 half precision. Node 20 has no typed array for it, so onnxruntime-node uses the bits in a Uint16Array there.
 */

/** Returns the bits of a number. @param value 0 or a normal half (6e-5..65504) */
export function toHalf(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(value));
  // If rounding overflows the fraction, the addition carries into the exponent, as it must.
  return (exponent + 15) * 1024 + Math.round((value / 2 ** exponent - 1) * 1024);
}

let table: Float32Array | undefined;

/** Returns all 65,536 values. A table is faster than arithmetic on the millions of numbers of an output. */
function halves(): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => fromHalf(bits));
  return table;
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}

/** Returns the values of numbers that are given as their bits. */
export function halvesToFloats(bits: Uint16Array): Float32Array {
  const values = halves();
  const floats = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) floats[index] = values[bits[index] ?? 0] ?? 0;
  return floats;
}
