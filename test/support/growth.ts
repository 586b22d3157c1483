import { performance } from "node:perf_hooks";

const FACTOR = 8;
const RUNS = 5;
/** Milliseconds: what is quicker is not measured well. */
const SHORTEST = 0.2;

/**
 * How much more work an input of eight times the size is: about 8 where work grows with the size, 64 where it grows with
 * its square. The quickest of several runs counts, so that other work of the machine does not.
 *
 * @param size of the smaller input; large enough to be measured
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

/** Between what grows with the size and what grows with its square, whatever the garbage collector does. */
export const SQUARE = 32;
