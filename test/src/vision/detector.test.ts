import assert from "node:assert/strict";
import path from "node:path";
import { afterEach, describe, it } from "mocha";
import { Detector, type DetectorOptions } from "../../../src/vision/detector";
import { modelFolder } from "../../support/model-folder";
import { colourDetector } from "../../support/onnx-model";

const colour = (r: number, g: number, b: number) => ({
  data: Buffer.alloc(64 * 64 * 3, Buffer.from([r, g, b])),
  width: 64,
  height: 64,
  channels: 3,
});

describe("Detector", function () {
  this.timeout(30_000);
  const folder = modelFolder();
  const model = folder.write("colours.onnx", colourDetector());
  const open: Detector[] = [];
  const detectorWith = (options: Partial<DetectorOptions> = {}): Detector => {
    const detector = new Detector({ model, threads: 1, queue: "fifo", ...options });
    open.push(detector);
    return detector;
  };
  afterEach(() => Promise.all(open.splice(0).map((detector) => detector.close())));

  it("returns labelled objects and the times", async () => {
    const result = await detectorWith().detect(colour(0, 255, 0));
    assert.ok(result !== "dropped");
    assert.deepEqual(
      result.detections.map(({ label, classId, score }) => [label, classId, score]),
      [["green", 1, 1]],
    );
    const { model: name, width, height, dropped } = result;
    assert.deepEqual([name, width, height, dropped], ["colours.onnx", 64, 64, 0]);
    assert.ok(result.totalMs >= result.inferenceMs && result.inferenceMs > 0);
  });

  it("uses the configured labels, also to select classes", async () => {
    const detector = detectorWith({ labels: ["tomato", "cucumber"], classes: ["cucumber"] });
    assert.deepEqual((await detector.ready).labels, ["tomato", "cucumber"]);
    const labels = async (r: number, g: number): Promise<unknown> => {
      const result = await detector.detect(colour(r, g, 0));
      return result !== "dropped" && result.detections.map(({ label }) => label);
    };
    assert.deepEqual([await labels(0, 255), await labels(255, 0)], [["cucumber"], []]);
  });

  it("rejects a class that the model does not have, at the start and for each image", async () => {
    const detector = detectorWith({ classes: ["purple"] });
    await assert.rejects(detector.ready, { code: "CONFIG_INVALID", message: /"purple".*red, green, blue/ });
    await assert.rejects(detector.detect(colour(0, 0, 0)), { code: "CONFIG_INVALID" });
  });

  it("drops the waiting image for a newer one, and counts it", async () => {
    const detector = detectorWith({ queue: "latest" });
    await detector.ready;
    const results = await Promise.all(Array.from({ length: 5 }, () => detector.detect(colour(255, 0, 0))));
    const done = results.filter((result) => result !== "dropped");
    assert.deepEqual([done.length, done.at(-1)?.dropped], [2, 3]);
    assert.equal(results.at(-1), done.at(-1));
  });

  it("reports a missing model file", async () => {
    const detector = detectorWith({ model: path.join(folder.path, "missing.onnx") });
    await assert.rejects(detector.ready, { code: "YOLO_MODEL_NOT_FOUND", message: /missing\.onnx/ });
    await assert.rejects(detector.detect(colour(0, 0, 0)), { code: "YOLO_MODEL_NOT_FOUND" });
  });

  for (const [name, message] of [
    ["best.pt", /best\.pt is PyTorch weights.*yolo export model=best\.pt format=onnx/],
    ["model.PTH", /PyTorch weights/],
    ["best.engine", /TensorRT engine.*\.pt file that it was made from/],
    ["model.tflite", /TensorFlow Lite.*tf2onnx/],
  ] as const) {
    it(`reports the format of ${name} before it opens the file, and how to export it to ONNX`, async () => {
      const detector = detectorWith({ model: path.join(folder.path, name) });
      await assert.rejects(detector.ready, { code: "YOLO_MODEL_INVALID", message });
    });
  }

  it("recognises renamed PyTorch weights", async () => {
    const renamed = folder.write(
      "renamed.onnx",
      Buffer.from("PK\u0003\u0004 and what follows in an archive"),
    );
    await assert.rejects(detectorWith({ model: renamed }).ready, {
      code: "YOLO_MODEL_INVALID",
      message: /renamed\.onnx is PyTorch weights/,
    });
  });

  it("cancels its images when it is closed, but not those of other detectors", async () => {
    const [closing, staying] = [detectorWith(), detectorWith()];
    await closing.ready;
    const work = closing.detect(colour(255, 0, 0));
    await Promise.all([assert.rejects(work, { code: "CLOSED" }), closing.close()]);
    await assert.rejects(closing.detect(colour(0, 0, 0)), { code: "CLOSED" });
    assert.notEqual(await staying.detect(colour(255, 0, 0)), "dropped");
  });

  it("can be closed while it loads", async () => {
    const detector = detectorWith();
    await detector.close();
    await assert.rejects(detector.ready, { code: "CLOSED" });
  });
});
