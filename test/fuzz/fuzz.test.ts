import assert from "node:assert/strict";
import { formats } from "./formats";
import { fuzz } from "./support/session";

/** All formats together. The nightly run has a million, with another seed each time. */
const INPUTS = 50_000;
/** Always the same inputs, so that a failure belongs to the change that is tested. */
const SEED = 12;
/** Bytes of an input that looks expensive, and milliseconds that it may take on a busy machine. */
const SIZE = 64 * 1024;
const LONGEST = 2000;

describe("inputs that get past the syntax check", () => {
  const each = Math.ceil(INPUTS / formats.length);

  for (const format of formats) {
    it(`${format.name}: each result keeps its promises`, async function () {
      this.timeout(60_000);
      const { read, inputs } = await fuzz(format, { seed: SEED, count: each });
      assert.ok(
        read / inputs >= format.reaches,
        `only ${read} of ${inputs} inputs got past the syntax check`,
      );
    });

    const names = Object.keys(format.growing);
    if (names.length === 0) continue;
    it(`${format.name}: no input takes long (${names.join(", ")})`, function () {
      this.timeout(60_000);
      for (const [name, make] of Object.entries(format.growing)) {
        const work = make(SIZE);
        const from = performance.now();
        work();
        const took = performance.now() - from;
        assert.ok(took < LONGEST, `${name} took ${Math.round(took)} ms`);
      }
    });
  }
});
