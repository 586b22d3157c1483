import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isDoubt, recogniseFormat } from "../../../../src/vision/families";
import { scoresAreFlat } from "../../../../src/vision/model/bad-export";
import { readModelFacts } from "../../../../src/vision/onnx/model-facts";
import type { OutputTensor } from "../../../../src/vision/onnx/tensor";
import { outputTable as table } from "../../../support/output-table";

describe("scoresAreFlat", () => {
  const size = { width: 64, height: 64 };
  const flat = (output: OutputTensor): boolean => {
    const verdict = recogniseFormat([output], size, readModelFacts(new Map()));
    assert.ok(verdict && !isDoubt(verdict) && verdict.cells);
    return scoresAreFlat(verdict.cells, [output]);
  };

  it("is true for one score in all cells with different boxes", () => {
    const output = table("output0", [1, 7, 84]);
    output.data.fill(0, 4 * 84);
    assert.equal(flat(output), true);
  });

  it("is false if a cell has another score", () => {
    const output = table("output0", [1, 7, 84]);
    output.data.fill(0, 4 * 84);
    output.data[6 * 84 + 5] = 0.004;
    assert.equal(flat(output), false);
  });

  it("is false if the boxes are also the same, because that proves nothing", () => {
    assert.equal(flat({ name: "output0", dims: [1, 7, 84], data: new Float32Array(7 * 84) }), false);
  });

  it("is true also with objectness and classes", () => {
    const output = table("output0", [1, 252, 7]);
    for (let row = 0; row < output.data.length; row += 7) output.data.fill(0, row + 4, row + 7);
    assert.equal(flat(output), true);
    output.data[4] = 0.5;
    assert.equal(flat(output), false);
  });
});
