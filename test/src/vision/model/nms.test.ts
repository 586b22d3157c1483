import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Candidate } from "../../../../src/vision/families/family";
import { best, overlap, suppress } from "../../../../src/vision/model/nms";

describe("suppress", () => {
  const box = (x: number, score: number, classId = 0): Candidate => ({
    x1: x,
    y1: 0,
    x2: x + 10,
    y2: 10,
    score,
    classId,
  });

  it("keeps the best of boxes that overlap by more than the limit", () => {
    // 8 of 12 columns are shared: two thirds.
    const candidates = [box(2, 0.5), box(0, 0.9), box(20, 0.4)];
    assert.deepEqual(suppress(candidates, 0.6, 10), [box(0, 0.9), box(20, 0.4)]);
    assert.deepEqual(suppress(candidates, 0.7, 10), [box(0, 0.9), box(2, 0.5), box(20, 0.4)]);
  });

  it("does not let classes suppress each other", () => {
    assert.equal(suppress([box(0, 0.9, 0), box(0, 0.8, 1)], 0.45, 10).length, 2);
  });

  it("keeps the best ones up to the limit", () => {
    const kept = suppress([box(0, 0.5), box(40, 0.9), box(80, 0.7)], 0.45, 2);
    assert.deepEqual(kept, best([box(40, 0.9), box(80, 0.7)]));
  });

  it("does not let a suppressed box suppress others", () => {
    const kept = suppress([box(0, 0.9), box(4, 0.8), box(8, 0.7)], 0.4, 10);
    assert.deepEqual(
      kept.map(({ x1 }) => x1),
      [0, 8],
    );
  });

  it("measures no overlap between boxes that only touch", () => {
    assert.equal(overlap(box(0, 1), box(10, 1)), 0);
    assert.equal(overlap(box(0, 1), box(0, 1)), 1);
  });
});
