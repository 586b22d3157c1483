import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { DetectionModel } from "../../../../src/vision/model/detection-model";
import type { DetectOptions, Findings } from "../../../../src/vision/model-types";
import { toHalf } from "../../../../src/vision/float16";
import type { RawImage } from "../../../../src/media/frame";
import { modelFolder } from "../../../support/model-folder";
import { colourDetector, constantDetector, onnxModel, type OnnxTensor } from "../../../support/onnx-model";

const settings = { provider: "cpu", threads: 1 } as const;
const options: DetectOptions = { confidence: 0.25, iou: 0.45, maxDetections: 300 };
const plain = (width: number, height: number, colour = [0, 0, 0]): RawImage => ({
  data: Buffer.from(Array.from({ length: width * height }, () => colour).flat()),
  width,
  height,
  channels: 3,
});
const summary = ({ objects }: Findings): unknown[] =>
  objects.map(({ classId, score, box }) => [
    classId,
    Math.round(score * 100) / 100,
    [box.x, box.y, box.width, box.height].map((value) => Math.round(value * 10) / 10),
  ]);

/** 84 cells of a YOLOv8 head for 64 pixels. Cells without a box have different scores close to 0. */
function yolov8(boxes: [cx: number, cy: number, w: number, h: number, ...scores: number[]][]): number[] {
  const channels = boxes[0]?.length ?? 0;
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: 84 }, (_, cell) => boxes[cell]?.[channel] ?? cell / 10_000),
  ).flat();
}

describe("DetectionModel", () => {
  const folder = modelFolder();
  const load = (bytes: Buffer): Promise<DetectionModel> =>
    DetectionModel.load(folder.write("model.onnx", bytes), settings);
  const output = (dims: number[], data: number[], name = "output0"): OnnxTensor => ({ name, dims, data });

  it("returns the objects in pixels of the image, best first, overlapping ones once", async () => {
    const data = yolov8([
      [20, 32, 8, 8, 0.3, 0.6],
      [21, 32, 8, 8, 0.2, 0.5],
      [40, 30, 10, 4, 0.9, 0.1],
    ]);
    const model = await load(
      constantDetector({
        outputs: [output([1, 6, 84], data)],
        metadata: { names: "{0: 'person', 1: 'van'}" },
      }),
    );
    assert.deepEqual(model.info, {
      name: "model.onnx",
      family: "yolov8",
      input: { width: 64, height: 64 },
      labels: ["person", "van"],
    });
    // 128 x 64: scaled by half, 16 pixels of border above.
    const findings = await model.detect(plain(128, 64), options);
    assert.deepEqual(summary(findings), [
      [0, 0.9, [70, 24, 20, 8]],
      [1, 0.6, [32, 24, 16, 16]],
    ]);
    assert.deepEqual([findings.width, findings.height], [128, 64]);
  });

  it("returns only the requested classes, up to the limit", async () => {
    const data = yolov8([
      [20, 32, 8, 8, 0.3, 0.6],
      [40, 30, 10, 4, 0.9, 0.1],
      [50, 50, 4, 4, 0.8, 0.1],
    ]);
    const model = await load(constantDetector({ outputs: [output([1, 6, 84], data)] }));
    const found = async (more: Partial<DetectOptions>): Promise<unknown[]> => {
      const { objects } = await model.detect(plain(64, 64), { ...options, ...more });
      return objects.map(({ classId }) => classId);
    };
    assert.deepEqual(await found({}), [0, 0, 1]);
    assert.deepEqual(await found({ classIds: [1] }), [1]);
    assert.deepEqual(await found({ maxDetections: 1 }), [0]);
    assert.deepEqual(await found({ confidence: 0.85 }), [0]);
  });

  it("passes the colours of the image to the model in their order", async () => {
    const model = await load(colourDetector());
    const brightest = async (colour: number[]): Promise<unknown> => {
      const { objects } = await model.detect(plain(64, 64, colour), options);
      return objects.map(({ classId, score }) => [classId, Math.round(score * 100)])[0];
    };
    assert.deepEqual(await brightest([255, 51, 0]), [0, 100]);
    assert.deepEqual(await brightest([0, 204, 51]), [1, 80]);
    assert.deepEqual(await brightest([0, 51, 153]), [2, 60]);
  });

  it("works in float16", async () => {
    const data = yolov8([[32, 32, 16, 8, 0.75]]).map((value) => (value < 7e-5 ? 0 : toHalf(value)));
    const model = await load(
      constantDetector({
        input: { type: "float16" },
        outputs: [{ name: "output0", type: "float16", dims: [1, 5, 84], data }],
      }),
    );
    assert.deepEqual(summary(await model.detect(plain(64, 64), options)), [[0, 0.75, [24, 28, 16, 8]]]);
  });

  it("supports a model with bytes as input", async () => {
    const model = await load(
      constantDetector({
        input: { type: "uint8" },
        outputs: [output([1, 5, 84], yolov8([[32, 32, 16, 8, 0.75]]))],
      }),
    );
    assert.equal((await model.detect(plain(64, 64), options)).objects.length, 1);
  });

  it("reads the size of a model with dynamic axes from its metadata", async () => {
    const model = await load(
      constantDetector({
        input: { shape: ["batch", 3, "height", "width"] },
        outputs: [output([1, 5, 84], yolov8([[32, 32, 16, 8, 0.75]]))],
        shapes: { output0: ["batch", 5, "anchors"] },
        metadata: { imgsz: "[64, 64]" },
      }),
    );
    assert.deepEqual(model.info.input, { width: 64, height: 64 });
    assert.equal(model.info.family, "yolov8");
  });

  it("passes the size of the input to a DETR, so that its boxes are in those pixels", async () => {
    const model = await load(
      constantDetector({
        otherInputs: [{ name: "orig_target_sizes", type: "int64", shape: ["batch", 2] }],
        outputs: [
          { name: "labels", type: "int64", dims: [2], data: [3, 0] },
          output([2, 4], [16, 16, 48, 32, 0, 0, 8, 8], "boxes"),
          output([2], [0.8, 0.1], "scores"),
        ],
      }),
    );
    assert.deepEqual(summary(await model.detect(plain(64, 64), options)), [[3, 0.8, [16, 16, 32, 16]]]);
  });

  it("reads DeepStream's rows of corners, overlapping ones once", async () => {
    const rows = Array.from({ length: 84 }, (_, i) => [
      i % 40,
      i % 30,
      (i % 40) + 4,
      (i % 30) + 4,
      i / 1e4,
      0,
    ]);
    rows[3] = [8, 16, 24, 48, 0.9, 2];
    rows[4] = [9, 16, 25, 48, 0.8, 2];
    const model = await load(constantDetector({ outputs: [output([1, 84, 6], rows.flat(), "output")] }));
    assert.equal(model.info.family, "deepstream");
    assert.deepEqual(summary(await model.detect(plain(64, 64), options)), [[2, 0.9, [8, 16, 16, 32]]]);
  });

  it("reads YOLO-NAS' list, with the score before the class", async () => {
    const list = output(
      [2, 7],
      [0, 8, 16, 24, 48, 0.9, 1, 0, 30, 30, 40, 40, 0.1, 3],
      "graph2_flat_predictions",
    );
    const model = await load(constantDetector({ input: { type: "uint8" }, outputs: [list] }));
    assert.deepEqual(summary(await model.detect(plain(64, 64), options)), [[1, 0.9, [8, 16, 16, 32]]]);
  });

  it("reads a transposed YOLOv8, recognised by the number of labels", async () => {
    const cell = (index: number): number[] => {
      const [side, stride, first] = index < 64 ? [8, 8, 0] : index < 80 ? [4, 16, 64] : [2, 32, 80];
      const at = index - first;
      return [
        ((at % side) + 0.5) * stride,
        (Math.floor(at / side) + 0.5) * stride,
        10,
        20,
        index / 1e4,
        0.01,
        0.02,
      ];
    };
    const rows = Array.from({ length: 84 }, (_, index) => cell(index));
    rows[64]?.splice(4, 3, 0.1, 0.2, 0.75);
    const bytes = constantDetector({ outputs: [output([1, 84, 7], rows.flat())] });
    await assert.rejects(load(bytes), { code: "YOLO_UNSUPPORTED_MODEL", message: /Set the labels/ });
    const file = folder.write("transposed.onnx", bytes);
    const model = await DetectionModel.load(file, { ...settings, classes: 3 });
    assert.deepEqual(summary(await model.detect(plain(64, 64), options)), [[2, 0.75, [3, 0, 10, 18]]]);
  });

  it("rejects rows with other columns if they were empty when the model was loaded", async () => {
    const model = await load(lateSelection());
    assert.deepEqual(summary(await model.detect(plain(64, 64), options)), []);
    await assert.rejects(model.detect(plain(64, 64, [255, 255, 255]), options), {
      code: "YOLO_UNSUPPORTED_MODEL",
    });
  });

  it("uses COCO's names for 80 classes without names", async () => {
    const scores = Array.from({ length: 80 }, (_, id) => (id === 2 ? 0.9 : 0.01));
    const data = yolov8([[32, 32, 16, 8, ...scores]]);
    const model = await load(constantDetector({ outputs: [output([1, 84, 84], data)] }));
    assert.deepEqual([model.info.labels[2], model.info.labels.length], ["car", 80]);
  });

  it("rejects an export without usable scores, with the reason", async () => {
    const data = yolov8([[32, 32, 16, 8, 0, 0]]).map((value, index) => (index < 4 * 84 ? value : 0));
    await assert.rejects(load(constantDetector({ outputs: [output([1, 6, 84], data)] })), {
      code: "YOLO_BAD_EXPORT",
      message: /the same score for every image.*quantis/,
    });
  });

  it("accepts a model whose scores are 0 in the first test image", async () => {
    // The noise of the first test run has a mean of 0.5. Only the bars are darker.
    const model = await load(darknessDetector(0.45));
    assert.equal(model.info.family, "yolov8");
  });

  for (const [what, bytes] of [
    [
      "another kind of output",
      constantDetector({ outputs: [output([1, 1000], Array<number>(1000).fill(0))] }),
    ],
    [
      "a model for images with one channel",
      constantDetector({
        input: { shape: [1, 1, 64, 64] },
        outputs: [output([1, 5, 84], yolov8([[1, 1, 1, 1, 1]]))],
      }),
    ],
    [
      "a batch of two",
      constantDetector({
        input: { shape: [2, 3, 64, 64] },
        outputs: [output([1, 5, 84], yolov8([[1, 1, 1, 1, 1]]))],
      }),
    ],
    [
      "an unknown input",
      constantDetector({
        otherInputs: [{ name: "prompt", shape: [1, 512] }],
        outputs: [output([1, 5, 84], yolov8([[1, 1, 1, 1, 1]]))],
      }),
    ],
  ] as const) {
    it(`rejects ${what}, with the names of inputs and outputs`, async () => {
      await assert.rejects(load(bytes), {
        code: "YOLO_UNSUPPORTED_MODEL",
        message: /Inputs: images float32 \[\d, \d, 64, 64\].*outputs: output0 float32/,
      });
    });
  }

  it("rejects a file that is not a model", async () => {
    await assert.rejects(load(Buffer.from("not a model")), { code: "YOLO_MODEL_INVALID" });
  });

  it("reports an unavailable provider", async () => {
    const file = folder.write("model.onnx", colourDetector());
    await assert.rejects(DetectionModel.load(file, { provider: "dml", threads: 1 }), {
      code: "YOLO_PROVIDER_FAILED",
      message: /dml.*cpu/,
    });
  });
});

/** A model that scores how far the colours are below a limit. Others get 0, as after a coarse quantisation. */
function darknessDetector(limit: number): Buffer {
  const boxes = Array.from({ length: 4 * 84 }, (_, index) => 10 + (index % 84) / 10);
  return onnxModel({
    inputs: [{ name: "images", shape: [1, 3, 64, 64] }],
    constants: [
      { name: "boxes", dims: [1, 4, 84], data: boxes },
      { name: "mask", dims: [1, 1, 84], data: Array.from({ length: 84 }, (_, cell) => cell / 84) },
      { name: "limit", dims: [1], data: [limit] },
      { name: "shape", type: "int64", dims: [3], data: [1, 3, 1] },
    ],
    nodes: [
      { operator: "GlobalAveragePool", inputs: ["images"], outputs: ["means"] },
      { operator: "Sub", inputs: ["limit", "means"], outputs: ["below"] },
      { operator: "Relu", inputs: ["below"], outputs: ["dark"] },
      { operator: "Reshape", inputs: ["dark", "shape"], outputs: ["column"] },
      { operator: "Mul", inputs: ["column", "mask"], outputs: ["scores"] },
      { operator: "Concat", inputs: ["boxes", "scores"], outputs: ["output0"], attributes: { axis: 1 } },
    ],
    outputs: [{ name: "output0", shape: [1, 7, 84] }],
  });
}

/** A model whose rows are empty unless an image is nearly white. Then their last column is not a class. */
function lateSelection(): Buffer {
  return onnxModel({
    inputs: [{ name: "images", shape: [1, 3, 64, 64] }],
    constants: [
      {
        name: "rows",
        dims: [1, 3, 6],
        data: [80, 160, 240, 480, 9, 15, 80, 160, 240, 480, 9, 15, 80, 160, 240, 480, 9, 15],
      },
      { name: "limit", dims: [1], data: [0.9] },
      { name: "shape", type: "int64", dims: [3], data: [1, 3, 1] },
    ],
    nodes: [
      { operator: "GlobalAveragePool", inputs: ["images"], outputs: ["means"] },
      { operator: "Sub", inputs: ["means", "limit"], outputs: ["above"] },
      { operator: "Relu", inputs: ["above"], outputs: ["bright"] },
      { operator: "Reshape", inputs: ["bright", "shape"], outputs: ["column"] },
      { operator: "Mul", inputs: ["column", "rows"], outputs: ["output0"] },
    ],
    outputs: [{ name: "output0", shape: [1, 3, 6] }],
  });
}
