import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Detr } from "../../../../src/vision/families/detr";
import { End2End } from "../../../../src/vision/families/end2end";
import type { Candidate } from "../../../../src/vision/families/family";
import { Yolov5 } from "../../../../src/vision/families/yolov5";
import { Yolov8 } from "../../../../src/vision/families/yolov8";
import { Yolox } from "../../../../src/vision/families/yolox";
import type { OutputTensor } from "../../../../src/vision/onnx/tensor";

const size = { width: 64, height: 64 };
/** For YOLOX with one class. */
const cells = { output: "o", classes: 1, cellStep: 6, valueStep: 1 };
const tensor = (name: string, values: number[][] | number[]): OutputTensor => {
  const data = Float32Array.from(values.flat());
  return { name, dims: [1, data.length], data };
};
const rounded = (candidates: readonly Candidate[]): number[][] =>
  candidates.map(({ x1, y1, x2, y2, score, classId }) =>
    [x1, y1, x2, y2, score, classId].map((value) => Math.round(value * 1000) / 1000),
  );

describe("decode of the model families", () => {
  it("YOLOv8: rows of centres and sizes, the best class of each cell", () => {
    const model = new Yolov8({ output: "o", classes: 2, cells: 3, cellStep: 1, valueStep: 3 });
    const output = tensor("o", [
      [10, 20, 30],
      [12, 22, 32],
      [4, 6, 8],
      [2, 4, 6],
      [0.9, 0.1, 0.3],
      [0.2, 0.05, 0.6],
    ]);
    assert.deepEqual(rounded(model.decode([output], 0.25)), [
      [8, 11, 12, 13, 0.9, 0],
      [26, 29, 34, 35, 0.6, 1],
    ]);
  });

  it("YOLOv5: the score is objectness times class", () => {
    const model = new Yolov5({ output: "o", classes: 2, cells: 3, cellStep: 7, valueStep: 1 });
    const output = tensor("o", [
      [10, 10, 4, 4, 0.8, 0.1, 0.5],
      [20, 20, 4, 4, 0.3, 0.2, 0.6],
      [30, 30, 4, 4, 0.1, 1, 1],
    ]);
    assert.deepEqual(rounded(model.decode([output], 0.25)), [[8, 8, 12, 12, 0.4, 1]]);
  });

  it("YOLOv5 with mask coefficients: they are not classes", () => {
    const model = new Yolov5({ output: "o", classes: 2, cells: 1, cellStep: 9, valueStep: 1 });
    const output = tensor("o", [10, 10, 4, 4, 1, 0.4, 0.3, 5, 5]);
    assert.deepEqual(rounded(model.decode([output], 0.25)), [[8, 8, 12, 12, 0.4, 0]]);
  });

  it("YOLOX: offsets from the cell in strides, sizes in logarithms", () => {
    const strides = [16, 32];
    const model = new Yolox({ ...cells, cells: 20, size, strides, decoded: false });
    // 4 x 4 cells of 16 pixels, then 2 x 2 of 32: number 6 is in column 2 of row 1, number 19 in column 1 of row 1.
    const rows = Array.from({ length: 20 }, () => [0, 0, 0, 0, 0, 0]);
    rows[6] = [0.5, 0.25, Math.log(2), 0, 0.9, 0.5];
    rows[19] = [0.5, 0.5, 0, 0, 1, 0.8];
    assert.deepEqual(rounded(model.decode([tensor("o", rows)], 0.25)), [
      [(2 + 0.5) * 16 - 16, (1 + 0.25) * 16 - 8, (2 + 0.5) * 16 + 16, (1 + 0.25) * 16 + 8, 0.45, 0],
      [32, 32, 64, 64, 0.8, 0],
    ]);
  });

  it("YOLOX with decoded boxes: unchanged pixels", () => {
    const model = new Yolox({ ...cells, cells: 1, size, strides: [64], decoded: true });
    assert.deepEqual(rounded(model.decode([tensor("o", [32, 30, 20, 10, 1, 0.7])], 0.25)), [
      [22, 25, 42, 35, 0.7, 0],
    ]);
  });

  it("selected rows: unchanged corners, score and class, zeros after the last row", () => {
    const model = new End2End({
      output: "o",
      rowLength: 6,
      box: 0,
      score: 4,
      classId: 5,
    });
    const output = tensor("o", [
      [1, 2, 3, 4, 0.9, 7],
      [5, 6, 7, 8, 0.2, 1],
      [0, 0, 0, 0, 0, 0],
    ]);
    assert.deepEqual(rounded(model.decode([output], 0.25)), [[1, 2, 3, 4, 0.9, 7]]);
    assert.equal(model.decode([output], 0).length, 2);
    assert.equal(model.hasOverlaps, false);
  });

  it("YOLOv7's selected list: batch first, class before score", () => {
    const model = new End2End({
      output: "o",
      rowLength: 7,
      box: 1,
      score: 6,
      classId: 5,
    });
    assert.deepEqual(rounded(model.decode([tensor("o", [0, 1, 2, 3, 4, 7, 0.9])], 0.25)), [
      [1, 2, 3, 4, 0.9, 7],
    ]);
  });

  it("DETR: three tensors side by side", () => {
    const model = new Detr();
    const outputs = [
      tensor("scores", [0.1, 0.8]),
      tensor("boxes", [0, 0, 1, 1, 10, 20, 30, 40]),
      tensor("labels", [0, 16]),
    ];
    assert.deepEqual(rounded(model.decode(outputs, 0.25)), [[10, 20, 30, 40, 0.8, 16]]);
    assert.equal(model.hasOverlaps, false);
  });
});
