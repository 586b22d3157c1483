/** Time against size. */
export interface Growth {
  /** Milliseconds for the smallest size. */
  once: number;
  twice: number;
  four: number;
  /** Of four to once: 4 is linear, 16 is quadratic. */
  ratio: number;
}

/** Characters. The largest posts and chunks that are read at once have a few times as much. */
const START = 8 * 1024;
const LARGEST = 1024 * 1024;
/** Milliseconds. A shorter time is not exact, so the size is raised first. */
const MEASURABLE = 8;
const RUNS = 5;
/** Between linear (4) and quadratic (16), with a margin for the garbage collector. */
const LIMIT = 9;
/** Quadratic work is quadratic at every size. A step in the cost of memory is not. */
const ATTEMPTS = 3;
/** Milliseconds. A larger size would take minutes if the work is quadratic. */
const CONCLUSIVE = 2000;

/** Measures one kind of input at 1, 2 and 4 times a size that takes long enough to measure. */
export function growthOf(make: (size: number) => () => unknown): Growth {
  let size = START;
  while (size < LARGEST && median(make(size)) < MEASURABLE) size *= 2;
  let best: Growth = { once: 0, twice: 0, four: 0, ratio: Infinity };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [once, twice, four] = [size, 2 * size, 4 * size].map((of) => median(make(of))) as [
      number,
      number,
      number,
    ];
    const growth = { once, twice, four, ratio: four / Math.max(1, once) };
    if (growth.ratio < best.ratio) best = growth;
    if (isLinear(best) || four > CONCLUSIVE) break;
    size *= 4;
  }
  return best;
}

/** Tells whether the time grows no faster than the size. */
export function isLinear({ ratio }: Growth): boolean {
  return ratio < LIMIT;
}

/** Returns processor time, which other programs on the machine do not change, in milliseconds. */
function median(work: () => unknown): number {
  work();
  const times = Array.from({ length: RUNS }, () => {
    const from = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  }).sort((a, b) => a - b);
  return times[Math.floor(RUNS / 2)] ?? 0;
}
