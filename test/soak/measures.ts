import { readFileSync, readdirSync } from "node:fs";
import { residentBytes } from "../../bench/support/process-tree";

interface Sample {
  /** Bytes */
  resident: number;
  handles: number;
}

/** The memory and the open files of Node-RED's process over time. */
export class Measures {
  readonly #samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      this.#samples.push({ resident: residentBytes([pid]), handles: handlesOf(pid) });
    }, 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * Returns the median of the third and of the last quarter. What is flat has two similar ones, whatever single faults
   * cost.
   */
  quarters(what: keyof Sample): { third: number; last: number } {
    const values = this.#samples.map((sample) => sample[what]);
    const quarter = Math.floor(values.length / 4);
    return {
      third: median(values.slice(2 * quarter, 3 * quarter)),
      last: median(values.slice(3 * quarter)),
    };
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function handlesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** Returns the 99th percentile and the maximum of the event loop's delay, in milliseconds. */
export function loopDelay(file: string): { p99: number; longest: number } {
  const [p99 = Number.NaN, longest = Number.NaN] = readFileSync(file, "utf8").split(" ").map(Number);
  return { p99, longest };
}
