/**
 * `npm run fuzz`: inputs that get past the syntax check, for every format that reaches the package from outside.
 *
 *     npm run fuzz                                        all formats
 *     npm run fuzz -- viewtron alert --inputs 100000      some formats, with as many inputs in total
 *     npm run fuzz -- viewtron --seed 7 --input 4711      one input again
 *     npm run fuzz -- --times                             time against size, instead of inputs
 */
import { parseArgs } from "node:util";
import { groupBy } from "../../src/core/group-by";
import { formats } from "./formats";
import type { Format } from "./support/format";
import { growthOf, isLinear } from "./support/growth";
import { fuzz, type Finding, type Tally } from "./support/session";

const DEFAULT_INPUTS = 1_000_000;
/** Kinds of findings that are shown for one format. */
const MAX_SHOWN = 20;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runInputs(chosen: readonly Format[], seed: number, inputs: number): Promise<boolean> {
  say(`seed ${seed}, ${inputs} inputs`);
  say("format            inputs   read  ms each  slowest   (input)  refused");
  const each = Math.ceil(inputs / chosen.length);
  let isFine = true;
  for (const format of chosen) {
    const findings: Finding[] = [];
    const tally = await fuzz(format, { seed, count: each }, (finding) => findings.push(finding));
    say(rowOf(format, tally));
    const share = tally.read / tally.inputs;
    if (share < format.reaches) say(`  only ${percent(share)} got past the syntax check`);
    const kinds = groupBy(findings, ({ kind }) => kind);
    for (const [{ message }, ...others] of [...kinds.values()].slice(0, MAX_SHOWN) as [
      Finding,
      ...Finding[],
    ][])
      say(`  FINDING (${1 + others.length} times) ${message}`);
    isFine &&= findings.length === 0 && share >= format.reaches;
  }
  say(`memory ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`);
  return isFine;
}

function rowOf(format: Format, { inputs, read, refusals, milliseconds, slowest }: Tally): string {
  const reasons = [...refusals].map(([reason, count]) => `${reason} ${percent(count / inputs)}`);
  return [
    format.name.padEnd(16),
    String(inputs).padStart(7),
    percent(read / inputs).padStart(6),
    (milliseconds / inputs).toFixed(3).padStart(8),
    `${Math.round(slowest.milliseconds)} ms`.padStart(8),
    `(${slowest.index})`.padStart(8),
    ` ${reasons.join(", ")}`,
  ].join(" ");
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function runTimes(chosen: readonly Format[]): boolean {
  say("format           what                        1x ms   4x ms  growth");
  let isFine = true;
  for (const { name, growing } of chosen) {
    for (const [what, make] of Object.entries(growing)) {
      const growth = growthOf(make);
      const verdict = isLinear(growth) ? "" : "  WORSE THAN LINEAR";
      isFine &&= verdict === "";
      const { once, four, ratio } = growth;
      say(
        `${name.padEnd(16)} ${what.padEnd(26)} ${once.toFixed(2).padStart(6)}  ${four.toFixed(2).padStart(6)}  ${ratio.toFixed(1).padStart(5)}${verdict}`,
      );
    }
  }
  return isFine;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      inputs: { type: "string" },
      input: { type: "string" },
      seed: { type: "string" },
      times: { type: "boolean", default: false },
    },
  });
  const unknown = positionals.find((name) => !formats.some((format) => format.name === name));
  if (unknown !== undefined)
    throw new Error(`Unknown format ${unknown}. Known: ${formats.map(({ name }) => name).join(", ")}.`);
  const chosen =
    positionals.length === 0 ? formats : formats.filter(({ name }) => positionals.includes(name));
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  if (values.times) {
    process.exitCode = runTimes(chosen) ? 0 : 1;
  } else if (values.input !== undefined) {
    for (const format of chosen) await fuzz(format, { seed, count: 1, from: Number(values.input) });
    say("The input breaks no promise.");
  } else {
    const isFine = await runInputs(chosen, seed, Number(values.inputs ?? DEFAULT_INPUTS));
    process.exitCode = isFine ? 0 : 1;
  }
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
  process.exitCode = 1;
});
