import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isDoubt, recogniseFormat } from "../../../../src/vision/families";
import { DeepStream } from "../../../../src/vision/families/deepstream";
import { End2End } from "../../../../src/vision/families/end2end";
import type { Family } from "../../../../src/vision/families/family";
import { Yolov8 } from "../../../../src/vision/families/yolov8";
import { Yolox } from "../../../../src/vision/families/yolox";
import { readModelFacts } from "../../../../src/vision/onnx/model-facts";
import type { OutputTensor } from "../../../../src/vision/onnx/tensor";
import { outputTable as table } from "../../../support/output-table";

const square = (side: number): { width: number; height: number } => ({ width: side, height: side });
const facts = (metadata: Record<string, string> = {}): ReturnType<typeof readModelFacts> =>
  readModelFacts(new Map(Object.entries(metadata)));
const names = (count: number): string =>
  `{${Array.from({ length: count }, (_, id) => `${id}: 'c${id}'`).join(", ")}}`;

/** A table with rows of corners in pixels, a score and a class. */
const boxes = (name: string, rows: number): OutputTensor => ({
  name,
  dims: [1, rows, 6],
  data: Float32Array.from(
    Array.from({ length: rows }, (_, i) => [
      ...[i % 500, i % 400, (i % 500) + 20, (i % 400) + 50],
      ...[(i % 90) / 100, i % 3],
    ]).flat(),
  ),
});
/** A table with 300 such rows and more columns. */
const wide = (columns: number): OutputTensor => {
  const output = table("output0", [1, 300, columns]);
  for (let row = 0; row < 300; row++)
    output.data.set([row, row, row + 20, row + 50, 0.5, row % 3], row * columns);
  return output;
};
/** A table with one row per cell of 640 pixels, and its box in pixels around it. */
const around = (columns: number): OutputTensor => {
  const output = table("output", [1, 8400, columns]);
  let at = 0;
  for (const stride of [8, 16, 32]) {
    const side = 640 / stride;
    for (let cell = 0; cell < side * side; cell++, at += columns)
      output.data.set([(cell % side) * stride, Math.floor(cell / side) * stride, stride, 2 * stride], at);
  }
  return output;
};

type Verdict = ReturnType<typeof recogniseFormat>;
const familyOf = (verdict: Verdict): string | undefined =>
  verdict === undefined || !isDoubt(verdict) ? verdict?.family : "undecided";
const classesOf = (verdict: Verdict): number | undefined =>
  verdict === undefined || isDoubt(verdict) ? undefined : verdict.cells?.classes;
const recognise = (
  dims: number[],
  size: { width: number; height: number },
  metadata: Record<string, string> = {},
  others: OutputTensor[] = [],
): Verdict => recogniseFormat([table("output0", dims), ...others], size, facts(metadata));

describe("recogniseFormat", () => {
  const cases: [string, number[], number, string, number?][] = [
    ["YOLOv8 to v12 with COCO's classes", [1, 84, 8400], 640, "yolov8", 80],
    ["YOLOv8 with one class", [1, 5, 2100], 320, "yolov8", 1],
    ["YOLOv8 with a P6 head", [1, 84, 34_000], 1280, "yolov8", 80],
    ["YOLOv8 with a P2 head", [1, 6, 34_000], 640, "yolov8", 2],
    ["YOLOv5 and v7", [1, 25_200, 85], 640, "yolov5", 80],
    ["YOLOv5 with one class, which also has six values per cell", [1, 25_200, 6], 640, "yolov5", 1],
    ["YOLOv5 with a P6 head", [1, 102_000, 85], 1280, "yolov5", 80],
    ["YOLOX", [1, 3549, 85], 416, "yolox", 80],
    ["YOLOX with one class, which also has six values per cell", [1, 3549, 6], 416, "yolox", 1],
    ["YOLOX with one class and fewer cells than a selection has rows", [1, 756, 6], 192, "yolox", 1],
  ];
  for (const [what, dims, side, family, classes] of cases) {
    it(`recognises ${what}`, () => {
      const verdict = recognise(dims, square(side));
      assert.equal(familyOf(verdict), family);
      if (classes !== undefined) assert.equal(classesOf(verdict), classes);
    });
  }

  it("recognises YOLOv10 and v26, and small models whose graph selects the objects", () => {
    for (const [rows, side] of [
      [300, 640],
      [100, 320],
    ] as const)
      assert.equal(familyOf(recogniseFormat([boxes("output0", rows)], square(side), facts())), "end2end");
  });

  it("recognises a selection without objects", () => {
    const empty = { name: "output0", dims: [1, 300, 6], data: new Float32Array(1800) };
    assert.equal(familyOf(recogniseFormat([empty], square(640), facts())), "end2end");
  });

  for (const [rows, side] of [
    [8400, 640],
    [25_200, 640],
    [756, 192],
    [2500, 640],
  ] as const) {
    it(`recognises DeepStream's ${rows} boxes by their corners and integer classes`, () => {
      const verdict = recogniseFormat([boxes("output", rows)], square(side), facts());
      assert.ok(verdict instanceof DeepStream);
      assert.deepEqual(verdict.layout, { output: "output", rowLength: 6, box: 0, score: 4, classId: 5 });
    });
  }

  it("does not mistake the six values of a YOLOX or YOLOv5 with one class for DeepStream's", () => {
    // The output of a saturated or quantised sigmoid: the class column has integers, but the boxes are centres and sizes.
    const rounded = table("output", [1, 25_200, 6]);
    for (let at = 0; at < rounded.data.length; at += 6) rounded.data.set([300, 200, 40, 90, 0.3, 1], at);
    assert.equal(familyOf(recogniseFormat([rounded], square(640), facts())), "yolov5");
    const cells = { ...rounded, dims: [1, 8400, 6], data: rounded.data.subarray(0, 8400 * 6) };
    assert.equal(familyOf(recogniseFormat([cells], square(640), facts({ names: names(1) }))), "yolox");
  });

  describe("with one row per cell", () => {
    const layoutOf = (columns: number, classes?: number) =>
      recogniseFormat([around(columns)], square(640), facts(), classes);

    it("recognises 84 columns as a transposed YOLOv8, 85 as a YOLOX that decodes its boxes", () => {
      const transposed = layoutOf(84);
      assert.ok(transposed instanceof Yolov8);
      const { classes, cells, cellStep, valueStep } = transposed.cells;
      assert.deepEqual([classes, cells, cellStep, valueStep], [80, 8400, 84, 1]);
      const yolox = layoutOf(85);
      assert.ok(yolox instanceof Yolox);
      assert.deepEqual([yolox.layout.classes, yolox.layout.decoded], [80, true]);
    });

    it("uses the number of names first", () => {
      assert.equal(familyOf(layoutOf(9, 5)), "yolov8");
      assert.equal(familyOf(layoutOf(9, 4)), "yolox");
      assert.equal(familyOf(layoutOf(84, 79)), "yolox");
    });

    it("uses the names in the file if the user named only some classes", () => {
      const verdict = recogniseFormat([around(9)], square(640), facts({ names: names(5) }), 2);
      assert.equal(familyOf(verdict), "yolov8");
    });

    it("recognises a table of five columns as one without objectness", () => {
      assert.equal(familyOf(layoutOf(5)), "yolov8");
    });

    it("names the setting to change if the facts are not enough", () => {
      const verdict = layoutOf(9);
      assert.ok(verdict && isDoubt(verdict));
      assert.match(verdict.why, /5 classes .* 4 classes/);
      assert.match(verdict.advice, /Set the labels/);
    });

    it("recognises offsets and logarithms as YOLOX for any number of columns", () => {
      const raw = around(9);
      for (let at = 0; at < raw.data.length; at += 9) raw.data.set([0.3, 0.6, -0.5, 0.2], at);
      const verdict = recogniseFormat([raw], square(640), facts());
      assert.ok(verdict instanceof Yolox);
      assert.deepEqual([verdict.layout.classes, verdict.layout.decoded], [4, false]);
    });

    it("does not mistake NanoDet-Plus for a YOLOX with four strides", () => {
      assert.equal(recognise([1, 2125, 112], square(320)), undefined);
    });
  });

  describe("as one list", () => {
    const score = 0.8;
    const list = (name: string, ...rows: number[][]): OutputTensor => ({
      name,
      dims: [rows.length, 7],
      data: Float32Array.from(rows.flat()),
    });
    const columnsOf = (output: OutputTensor): unknown => {
      const verdict = recogniseFormat([output], square(640), facts());
      if (!(verdict instanceof End2End)) return familyOf(verdict);
      const { score, classId } = verdict.layout;
      return { score, classId };
    };

    it("reads the score before the class for YOLO-NAS, also if the list is empty", () => {
      const nas = { score: 5, classId: 6 };
      assert.deepEqual(columnsOf(list("graph2_flat_predictions")), nas);
      assert.deepEqual(columnsOf(list("graph2_flat_predictions", [0, 1, 2, 30, 40, score, 7])), nas);
    });

    it("recognises the class by its integers if the name of the output is unknown or wrong", () => {
      assert.deepEqual(columnsOf(list("boxes", [0, 1, 2, 30, 40, score, 7])), { score: 5, classId: 6 });
      assert.deepEqual(columnsOf(list("boxes", [0, 1, 2, 30, 40, 7, score])), { score: 6, classId: 5 });
      assert.deepEqual(columnsOf(list("output", [0, 1, 2, 30, 40, score, 7])), { score: 5, classId: 6 });
    });

    it("does not guess if the list is empty or both columns have integers", () => {
      assert.equal(columnsOf(list("boxes")), "undecided");
      assert.equal(columnsOf(list("boxes", [0, 1, 2, 30, 40, 1, 1])), "undecided");
    });

    it("does not guess if no column is a class", () => {
      assert.equal(columnsOf(list("output", [0, 1, 2, 30, 40, 0.5, score])), "undecided");
    });
  });

  it("counts the cells of an input that is not square", () => {
    const verdict = recognise([1, 84, 5040], { width: 640, height: 384 });
    assert.equal(familyOf(verdict), "yolov8");
  });

  it("uses the metadata if the numbers fit two families", () => {
    assert.equal(familyOf(recognise([1, 756, 6], square(192), { end2end: "True" })), "end2end");
    // 64 pixels yield 84 cells, and 80 classes yield 84 rows.
    assert.equal(familyOf(recognise([1, 84, 84], square(64), { names: names(80) })), "yolov8");
    assert.equal(familyOf(recognise([1, 84, 84], square(64), { names: names(79) })), "yolox");
  });

  it("ignores the mask coefficients of a segmentation model", () => {
    const prototypes = table("output1", [1, 32, 160, 160]);
    const verdict = recognise([1, 116, 8400], square(640), {}, [prototypes]);
    assert.deepEqual([familyOf(verdict), classesOf(verdict)], ["yolov8", 80]);
    const v5 = recognise([1, 25_200, 117], square(640), {}, [prototypes]);
    assert.deepEqual([familyOf(v5), classesOf(v5)], ["yolov5", 80]);
    assert.equal(familyOf(recogniseFormat([wide(38), prototypes], square(640), facts())), "end2end");
  });

  it("ignores the key points of a pose model", () => {
    const metadata = { task: "pose", kpt_shape: "[17, 3]" };
    const verdict = recognise([1, 56, 8400], square(640), metadata);
    assert.deepEqual([familyOf(verdict), classesOf(verdict)], ["yolov8", 1]);
    assert.equal(familyOf(recogniseFormat([wide(57)], square(640), facts(metadata))), "end2end");
  });

  it("uses the joined table of YOLOv5 and ignores the grids beside it", () => {
    const grids = [80, 40, 20].map((side) => table(`grid${side}`, [1, 3, side, side, 85]));
    assert.equal(familyOf(recognise([1, 25_200, 85], square(640), {}, grids)), "yolov5");
  });

  it("distinguishes YOLOv6, with a constant objectness of 1, from YOLOX", () => {
    const output = table("outputs", [1, 8400, 85]);
    for (let at = 4; at < output.data.length; at += 85) output.data[at] = 1;
    const verdict = recogniseFormat([output], square(640), facts());
    assert.equal(familyOf(verdict), "yolov5");
  });

  it("recognises whether a YOLOX export decodes its boxes", () => {
    const output = table("output", [1, 3549, 85]);
    const decoded = (): unknown => {
      const verdict = recogniseFormat([output], square(416), facts());
      return verdict instanceof Yolox && verdict.layout.decoded;
    };
    assert.equal(decoded(), false);
    output.data[85 * 3000 + 1] = 300;
    assert.equal(decoded(), true);
  });

  it("recognises the list of YOLOv7, also if it is empty", () => {
    const verdict = recogniseFormat([table("output", [0, 7])], square(640), facts());
    assert.ok(verdict instanceof End2End);
    assert.deepEqual(verdict.layout, { output: "output", rowLength: 7, box: 1, score: 6, classId: 5 });
  });

  it("recognises DETR and similar models by the names of their outputs", () => {
    const outputs = ["labels", "boxes", "scores"].map((name) => table(name, [1, 300]));
    assert.equal(familyOf(recogniseFormat(outputs, square(640), facts())), "detr");
  });

  for (const [what, dims, metadata] of [
    ["a classifier", [1, 1000], {}],
    ["a model for rotated boxes", [1, 20, 21_504], { task: "obb" }],
    ["a selection with one column too many", [1, 300, 7], {}],
    ["RT-DETR's table of two classes, which also has six columns", [1, 300, 6], {}],
    ["RT-DETR's table of class scores", [1, 300, 84], { names: names(80) }],
    ["cells of an unknown grid", [1, 84, 5000], {}],
    ["a batch of four", [4, 84, 8400], {}],
    ["a table without a class", [1, 4, 8400], {}],
  ] as [string, number[], Record<string, string>][]) {
    it(`does not guess at ${what}`, () => {
      assert.equal(recognise(dims, square(640), metadata), undefined);
    });
  }

  it("names both families if two recognise a model", () => {
    const claims = (model: Yolov8 | DeepStream): Family => ({ models: "", recognise: () => model });
    const cells = { output: "o", classes: 1, cells: 1, cellStep: 1, valueStep: 1 };
    const rows = { output: "o", rowLength: 6, box: 0, score: 4, classId: 5 };
    const known = [claims(new Yolov8(cells)), claims(new DeepStream(rows))];
    const verdict = recogniseFormat([], square(64), facts(), undefined, known);
    assert.ok(verdict && isDoubt(verdict));
    assert.match(verdict.why, /yolov8 and deepstream/);
  });
});
