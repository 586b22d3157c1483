import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { recogniseLayout, scoresAreFlat, type OutputTensor } from "../../../../src/vision/model/layout";
import { readModelFacts } from "../../../../src/vision/model/model-facts";

const square = (side: number): { width: number; height: number } => ({ width: side, height: side });
/** Values between 0 and 1 that differ. */
const table = (name: string, dims: number[], at = 0): OutputTensor => {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return { name, dims, data: Float32Array.from({ length }, (_, i) => ((i * 7 + at) % 97) / 97) };
};
const facts = (metadata: Record<string, string> = {}): ReturnType<typeof readModelFacts> =>
  readModelFacts(new Map(Object.entries(metadata)));
const names = (count: number): string =>
  `{${Array.from({ length: count }, (_, id) => `${id}: 'c${id}'`).join(", ")}}`;

const recognise = (
  dims: number[],
  size: { width: number; height: number },
  metadata: Record<string, string> = {},
  others: OutputTensor[] = [],
): ReturnType<typeof recogniseLayout> =>
  recogniseLayout([table("output0", dims), ...others], size, facts(metadata));

describe("telling the model families apart", () => {
  const cases: [string, number[], number, string, number?][] = [
    ["YOLOv8 to v12 with COCO's classes", [1, 84, 8400], 640, "yolov8", 80],
    ["YOLOv8 with one class", [1, 5, 2100], 320, "yolov8", 1],
    ["YOLOv8 with a P6 head", [1, 84, 34_000], 1280, "yolov8", 80],
    ["YOLOv8 with a P2 head", [1, 6, 34_000], 640, "yolov8", 2],
    ["YOLOv5 and v7", [1, 25_200, 85], 640, "yolov5", 80],
    ["YOLOv5 with one class, which has six values a cell, too", [1, 25_200, 6], 640, "yolov5", 1],
    ["YOLOv5 with a P6 head", [1, 102_000, 85], 1280, "yolov5", 80],
    ["YOLOX", [1, 3549, 85], 416, "yolox", 80],
    ["YOLOX with one class, which has six values a cell, too", [1, 3549, 6], 416, "yolox", 1],
    ["YOLOX with one class and fewer cells than a selection has rows", [1, 756, 6], 192, "yolox", 1],
    ["YOLOv10 and v26", [1, 300, 6], 640, "end2end"],
    ["a small model whose graph selects", [1, 100, 6], 320, "end2end"],
  ];
  for (const [what, dims, side, family, classes] of cases) {
    it(`recognises ${what}`, () => {
      const layout = recognise(dims, square(side));
      assert.equal(layout?.family, family);
      if (classes !== undefined) assert.equal("classes" in layout && layout.classes, classes);
    });
  }

  it("counts the cells of an input that is no square", () => {
    const layout = recognise([1, 84, 5040], { width: 640, height: 384 });
    assert.equal(layout?.family, "yolov8");
  });

  it("believes the metadata where the numbers fit two families", () => {
    assert.equal(recognise([1, 756, 6], square(192), { end2end: "True" })?.family, "end2end");
    // 64 pixels make 84 cells, and 80 classes 84 rows.
    assert.equal(recognise([1, 84, 84], square(64), { names: names(80) })?.family, "yolov8");
    assert.equal(recognise([1, 84, 84], square(64), { names: names(79) })?.family, "yolox");
  });

  it("leaves the mask coefficients of a segmentation model alone", () => {
    const prototypes = table("output1", [1, 32, 160, 160]);
    const layout = recognise([1, 116, 8400], square(640), {}, [prototypes]);
    assert.equal(layout?.family === "yolov8" && layout.classes, 80);
    const v5 = recognise([1, 25_200, 117], square(640), {}, [prototypes]);
    assert.equal(v5?.family === "yolov5" && v5.classes, 80);
    assert.equal(recognise([1, 300, 38], square(640), {}, [prototypes])?.family, "end2end");
  });

  it("leaves the key points of a pose model alone", () => {
    const metadata = { task: "pose", kpt_shape: "[17, 3]" };
    const layout = recognise([1, 56, 8400], square(640), metadata);
    assert.equal(layout?.family === "yolov8" && layout.classes, 1);
    assert.equal(recognise([1, 300, 57], square(640), metadata)?.family, "end2end");
  });

  it("takes the joined table of YOLOv5 and ignores the grids beside it", () => {
    const grids = [80, 40, 20].map((side) => table(`grid${side}`, [1, 3, side, side, 85]));
    assert.equal(recognise([1, 25_200, 85], square(640), {}, grids)?.family, "yolov5");
  });

  it("knows YOLOv6, whose objectness is always 1, from YOLOX", () => {
    const output = table("outputs", [1, 8400, 85]);
    for (let at = 4; at < output.data.length; at += 85) output.data[at] = 1;
    const layout = recogniseLayout([output], square(640), facts());
    assert.equal(layout?.family, "yolov5");
  });

  it("sees whether a YOLOX export decodes its boxes", () => {
    const output = table("output", [1, 3549, 85]);
    const decoded = (): unknown => {
      const layout = recogniseLayout([output], square(416), facts());
      return layout?.family === "yolox" && layout.decoded;
    };
    assert.equal(decoded(), false);
    output.data[85 * 3000 + 1] = 300;
    assert.equal(decoded(), true);
  });

  it("knows the list that YOLOv7 selects, also when it is empty", () => {
    const layout = recogniseLayout([table("output", [0, 7])], square(640), facts());
    assert.deepEqual(layout, {
      family: "end2end",
      output: "output",
      rowLength: 7,
      box: 1,
      score: 6,
      classId: 5,
    });
  });

  it("knows DETR and its kin by their outputs' names", () => {
    const outputs = ["labels", "boxes", "scores"].map((name) => table(name, [1, 300]));
    assert.equal(recogniseLayout(outputs, square(640), facts())?.family, "detr");
  });

  for (const [what, dims, metadata] of [
    ["a classifier", [1, 1000], {}],
    ["a model for rotated boxes", [1, 20, 21_504], { task: "obb" }],
    ["a selection with a column too many", [1, 300, 7], {}],
    ["RT-DETR's table of class scores", [1, 300, 84], { names: names(80) }],
    ["cells of no known grid", [1, 84, 5000], {}],
    ["a batch of four", [4, 84, 8400], {}],
    ["a table without a class", [1, 4, 8400], {}],
  ] as [string, number[], Record<string, string>][]) {
    it(`does not guess at ${what}`, () => {
      assert.equal(recognise(dims, square(640), metadata), undefined);
    });
  }
});

describe("the mark of a quantisation that lost the scores", () => {
  const size = square(64);
  const flat = (output: OutputTensor): boolean => {
    const layout = recogniseLayout([output], size, facts());
    assert.ok(layout);
    return scoresAreFlat(layout, [output]);
  };

  it("is one score in all cells while the boxes differ", () => {
    const output = table("output0", [1, 7, 84]);
    output.data.fill(0, 4 * 84);
    assert.equal(flat(output), true);
  });

  it("is not there when a single cell has another score", () => {
    const output = table("output0", [1, 7, 84]);
    output.data.fill(0, 4 * 84);
    output.data[6 * 84 + 5] = 0.004;
    assert.equal(flat(output), false);
  });

  it("is not there when the boxes are alike as well: such a model says nothing yet", () => {
    assert.equal(flat({ name: "output0", dims: [1, 7, 84], data: new Float32Array(7 * 84) }), false);
  });

  it("is seen with objectness and classes beside each other, too", () => {
    const output = table("output0", [1, 252, 7]);
    for (let row = 0; row < output.data.length; row += 7) output.data.fill(0, row + 4, row + 7);
    assert.equal(flat(output), true);
    output.data[4] = 0.5;
    assert.equal(flat(output), false);
  });
});
