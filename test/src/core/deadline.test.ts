import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { withDeadline } from "../../../src/core/deadline";
import { ManualClock } from "../../support/manual-clock";

/** Resolves when the signal aborts. */
const aborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      resolve("aborted");
    });
  });

describe("withDeadline", () => {
  it("aborts when the time is over", async () => {
    const clock = new ManualClock();
    const working = withDeadline(1_000, clock, undefined, aborted);
    clock.advance(1);
    assert.equal(await working, "aborted");
  });

  it("aborts with the other signal", async () => {
    const other = new AbortController();
    const working = withDeadline(1_000, new ManualClock(), other.signal, aborted);
    other.abort();
    assert.equal(await working, "aborted");
  });

  it("starts aborted when the other signal is", async () => {
    const isAborted = await withDeadline(1_000, new ManualClock(), AbortSignal.abort(), (signal) =>
      Promise.resolve(signal.aborted),
    );
    assert.ok(isAborted);
  });

  it("leaves the signal alone when the work is over", async () => {
    const clock = new ManualClock();
    const signal = await withDeadline(1_000, clock, undefined, (inner) => Promise.resolve(inner));
    clock.advance(1);
    assert.equal(signal.aborted, false);
  });
});
