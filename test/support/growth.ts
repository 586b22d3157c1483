import { performance } from "node:perf_hooks";

const FACTOR = 8;
const RUNS = 5;
/** Milliseconds. A shorter time is not exact. */
const SHORTEST = 0.2;

/**
 * Returns how much longer an input of eight times the size takes: about 8 if the work is linear, 64 if it is quadratic.
 * Uses the quickest of several runs, so that other programs on the machine do not matter.
 *
 * @param size of the smaller input, which must take a measurable time
 */
export function growth(work: (size: number) => void, size: number): number {
  const quickest = (of: number): number =>
    Math.min(
      ...Array.from({ length: RUNS }, () => {
        const from = performance.now();
        work(of);
        return performance.now() - from;
      }),
    );
  quickest(size);
  return quickest(size * FACTOR) / Math.max(SHORTEST, quickest(size));
}

/** A limit between linear and quadratic growth, with a margin for garbage collection. */
export const SQUARE = 32;
