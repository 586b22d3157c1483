import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { backoff, type Rhythm } from "../../../src/core/backoff";

describe("backoff", () => {
  const pauses = (rhythm: Rhythm, random = 0): number[] =>
    [0, 1, 2, 3].map((count) => backoff(count, rhythm, () => random));

  it("doubles the pause, starting with the first", () => {
    assert.deepEqual(pauses({ first: 250 }), [250, 500, 1000, 2000]);
  });

  it("does not exceed the maximum, whatever the number of pauses", () => {
    assert.deepEqual(pauses({ first: 1000, max: 3000 }), [1000, 2000, 3000, 3000]);
    assert.equal(backoff(5000, { first: 1000, max: 3000 }), 3000);
  });

  it("limits the first pause to the maximum", () => {
    assert.equal(backoff(0, { first: 2000, max: 500 }), 500);
  });

  it("multiplies each pause by a random number from the range of the jitter", () => {
    const rhythm: Rhythm = { first: 1000, max: 4000, jitter: [0.5, 1] };
    assert.deepEqual(pauses(rhythm, 0), [500, 1000, 2000, 2000]);
    assert.deepEqual(pauses(rhythm, 0.5), [750, 1500, 3000, 3000]);
  });

  it("does not exceed the maximum by jitter", () => {
    assert.deepEqual(pauses({ first: 1000, max: 4000, jitter: [0.5, 1.5] }, 0.75), [1250, 2500, 4000, 4000]);
  });

  it("has no jitter by default", () => {
    assert.equal(backoff(1, { first: 1000 }), 2000);
  });

  it("returns whole milliseconds", () => {
    assert.equal(
      backoff(0, { first: 300, jitter: [0.5, 1] }, () => 0.333),
      200,
    );
  });
});
