import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { decode, needsSuppression, type Candidate } from "../../../../src/vision/model/decode";
import type { OutputLayout, OutputTensor } from "../../../../src/vision/model/layout";
import { best, overlap, suppress } from "../../../../src/vision/model/nms";

const size = { width: 64, height: 64 };
const tensor = (name: string, values: number[][] | number[]): OutputTensor => {
  const data = Float32Array.from(values.flat());
  return { name, dims: [1, data.length], data };
};
const rounded = (candidates: readonly Candidate[]): number[][] =>
  candidates.map(({ x1, y1, x2, y2, score, classId }) =>
    [x1, y1, x2, y2, score, classId].map((value) => Math.round(value * 1000) / 1000),
  );

describe("decoding", () => {
  it("YOLOv8: rows of centres and sizes, the best class of each cell", () => {
    const layout: OutputLayout = { family: "yolov8", output: "o", classes: 2, cells: 3, byCell: false };
    const output = tensor("o", [
      [10, 20, 30],
      [12, 22, 32],
      [4, 6, 8],
      [2, 4, 6],
      [0.9, 0.1, 0.3],
      [0.2, 0.05, 0.6],
    ]);
    assert.deepEqual(rounded(decode(layout, [output], size, 0.25)), [
      [8, 11, 12, 13, 0.9, 0],
      [26, 29, 34, 35, 0.6, 1],
    ]);
  });

  it("YOLOv5: the score is objectness times class", () => {
    const layout: OutputLayout = { family: "yolov5", output: "o", classes: 2, cells: 3, rowLength: 7 };
    const output = tensor("o", [
      [10, 10, 4, 4, 0.8, 0.1, 0.5],
      [20, 20, 4, 4, 0.3, 0.2, 0.6],
      [30, 30, 4, 4, 0.1, 1, 1],
    ]);
    assert.deepEqual(rounded(decode(layout, [output], size, 0.25)), [[8, 8, 12, 12, 0.4, 1]]);
  });

  it("YOLOv5 with mask coefficients: they are no classes", () => {
    const layout: OutputLayout = { family: "yolov5", output: "o", classes: 2, cells: 1, rowLength: 9 };
    const output = tensor("o", [10, 10, 4, 4, 1, 0.4, 0.3, 5, 5]);
    assert.deepEqual(rounded(decode(layout, [output], size, 0.25)), [[8, 8, 12, 12, 0.4, 0]]);
  });

  it("YOLOX: offsets from the cell in strides, sizes in logarithms", () => {
    const strides = [16, 32];
    const layout: OutputLayout = {
      family: "yolox",
      output: "o",
      classes: 1,
      rowLength: 6,
      strides,
      decoded: false,
    };
    // 4 x 4 cells of 16 pixels, then 2 x 2 of 32: number 6 is in column 2 of row 1, number 19 in column 1 of row 1.
    const rows = Array.from({ length: 20 }, () => [0, 0, 0, 0, 0, 0]);
    rows[6] = [0.5, 0.25, Math.log(2), 0, 0.9, 0.5];
    rows[19] = [0.5, 0.5, 0, 0, 1, 0.8];
    assert.deepEqual(rounded(decode(layout, [tensor("o", rows)], size, 0.25)), [
      [(2 + 0.5) * 16 - 16, (1 + 0.25) * 16 - 8, (2 + 0.5) * 16 + 16, (1 + 0.25) * 16 + 8, 0.45, 0],
      [32, 32, 64, 64, 0.8, 0],
    ]);
  });

  it("YOLOX that decodes inside: pixels as they are", () => {
    const layout: OutputLayout = {
      family: "yolox",
      output: "o",
      classes: 1,
      rowLength: 6,
      strides: [64],
      decoded: true,
    };
    assert.deepEqual(rounded(decode(layout, [tensor("o", [32, 30, 20, 10, 1, 0.7])], size, 0.25)), [
      [22, 25, 42, 35, 0.7, 0],
    ]);
  });

  it("selected rows: corners, score and class as they are, zeros behind the last one", () => {
    const layout: OutputLayout = {
      family: "end2end",
      output: "o",
      rowLength: 6,
      box: 0,
      score: 4,
      classId: 5,
    };
    const output = tensor("o", [
      [1, 2, 3, 4, 0.9, 7],
      [5, 6, 7, 8, 0.2, 1],
      [0, 0, 0, 0, 0, 0],
    ]);
    assert.deepEqual(rounded(decode(layout, [output], size, 0.25)), [[1, 2, 3, 4, 0.9, 7]]);
    assert.equal(decode(layout, [output], size, 0).length, 2);
    assert.equal(needsSuppression(layout), false);
  });

  it("YOLOv7's selected list: batch first, class before score", () => {
    const layout: OutputLayout = {
      family: "end2end",
      output: "o",
      rowLength: 7,
      box: 1,
      score: 6,
      classId: 5,
    };
    assert.deepEqual(rounded(decode(layout, [tensor("o", [0, 1, 2, 3, 4, 7, 0.9])], size, 0.25)), [
      [1, 2, 3, 4, 0.9, 7],
    ]);
  });

  it("DETR: three tensors side by side", () => {
    const layout: OutputLayout = { family: "detr", labels: "labels", boxes: "boxes", scores: "scores" };
    const outputs = [
      tensor("scores", [0.1, 0.8]),
      tensor("boxes", [0, 0, 1, 1, 10, 20, 30, 40]),
      tensor("labels", [0, 16]),
    ];
    assert.deepEqual(rounded(decode(layout, outputs, size, 0.25)), [[10, 20, 30, 40, 0.8, 16]]);
    assert.equal(needsSuppression(layout), false);
  });
});

describe("non-maximum suppression", () => {
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

  it("stops at the limit, with the best", () => {
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
