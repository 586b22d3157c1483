import { inspect } from "node:util";
import { toError } from "../../../src/core/errors";
import type { Format, Outcome } from "./format";
import { Random, seedOf } from "./random";

/** What a run of one format showed. */
export interface Tally {
  inputs: number;
  read: number;
  /** Inputs by the reason of their refusal. */
  refusals: Map<string, number>;
  milliseconds: number;
  slowest: { milliseconds: number; index: number };
}

/** An input for which the code broke a promise. */
export class Finding extends Error {
  /** The same for findings that look alike. */
  readonly kind: string;

  constructor(format: string, seed: number, index: number, cause: unknown) {
    const repeat = `npm run fuzz -- ${format} --seed ${seed} --input ${index}`;
    super(`${format}, input ${index}: ${inspect(cause).slice(0, 600)}\nRepeat it with: ${repeat}`, {
      cause,
    });
    this.name = "Finding";
    this.kind = toError(cause)
      .message.replace(/-?\d[\d.]*(e[+-]?\d+)?/gi, "#")
      .slice(0, 40);
  }
}

/** Gives up the thread after these inputs, so that rejections that nobody handles are seen. */
const TURN = 256;

/**
 * Runs the inputs `from` … `from + count - 1` of a format.
 *
 * @param found called for each finding; without it, the first one is thrown
 */
export async function fuzz(
  format: Format,
  { seed, count, from = 0 }: { seed: number; count: number; from?: number },
  found?: (finding: Finding) => void,
): Promise<Tally> {
  const tally: Tally = {
    inputs: 0,
    read: 0,
    refusals: new Map(),
    milliseconds: 0,
    slowest: { milliseconds: 0, index: 0 },
  };
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const started = performance.now();
  try {
    for (let index = from; index < from + count; index += 1) {
      const begun = performance.now();
      try {
        const outcome = format.run(new Random(seedOf(seed, format.name, index)));
        add(tally, outcome instanceof Promise ? await outcome : outcome);
        if (index % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
        if (unhandled.length > 0) throw new Error("A rejection was not handled.", { cause: unhandled.pop() });
      } catch (thrown) {
        const finding = new Finding(format.name, seed, index, thrown);
        if (found === undefined) throw finding;
        found(finding);
      }
      const milliseconds = performance.now() - begun;
      if (milliseconds > tally.slowest.milliseconds) tally.slowest = { milliseconds, index };
    }
  } finally {
    process.off("unhandledRejection", note);
  }
  tally.milliseconds = performance.now() - started;
  return tally;
}

function add(tally: Tally, outcome: Outcome): void {
  tally.inputs += 1;
  if (outcome.read) tally.read += 1;
  else tally.refusals.set(outcome.refusal, (tally.refusals.get(outcome.refusal) ?? 0) + 1);
}
