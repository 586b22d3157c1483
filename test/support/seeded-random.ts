/** mulberry32, a small random generator: the same seed repeats a failed run on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Returns a whole number, 0 ≤ n < below. */
export function below(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}

/** Cuts bytes into chunks of 1 … most bytes. */
export function cut(data: Buffer, random: () => number, most: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < data.length;) {
    const length = 1 + below(random, most);
    chunks.push(data.subarray(at, at + length));
    at += length;
  }
  return chunks;
}
