import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "mocha";
import { DetectionModel } from "../../../src/vision/model/detection-model";
import { openServers } from "../../../src/vision/remote/open-model";
import { startOnnxServer } from "../../support/onnx-server";

/**
 * Tests published models on a photograph. They are skipped without DETECTOR_MODELS, a folder of .onnx files, and
 * DETECTOR_PICTURE, a JPEG with people in it.
 */
const folder = process.env.DETECTOR_MODELS ?? "";
const image = process.env.DETECTOR_PICTURE ?? "";

const models = [
  { file: "yolov8n.onnx", family: "yolov8", minScore: 0.7 },
  { file: "yolox_nano_416_fp32.onnx", family: "yolox", minScore: 0.6 },
  { file: "yolox_nano_person_192_fp32.onnx", family: "yolox", minScore: 0.5 },
  { file: "deimv2_atto_320_int8dyn.onnx", family: "detr", minScore: 0.4 },
] as const;

describe("published models on a photograph", () => {
  for (const { file, family, minScore } of models) {
    it(`${file} finds a person`, async function () {
      const model = path.join(folder, file);
      if (folder === "" || image === "" || !existsSync(model)) return this.skip();
      const detector = await DetectionModel.load(model, { provider: "cpu", threads: 1 });
      assert.equal(detector.info.family, family);
      const { objects, width, height } = await detector.detect(await readFile(image), {
        confidence: 0.25,
        iou: 0.45,
        maxDetections: 100,
      });
      const people = objects.filter(({ classId, score }) => classId === 0 && score >= minScore);
      assert.ok(people.length > 0, JSON.stringify(objects));
      for (const { box } of people)
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
    });

    it(`${file} finds the same on a server`, async function () {
      this.timeout(60_000);
      const model = path.join(folder, file);
      if (folder === "" || image === "" || !existsSync(model)) return this.skip();
      const options = { confidence: 0.25, iou: 0.45, maxDetections: 100 };
      const picture = await readFile(image);
      const here = await DetectionModel.load(model, { provider: "cpu", threads: 1 });
      const server = await startOnnxServer("model", model);
      const settings = { urls: [server.url], dialect: "kserve", model: "model", timeout: 30 } as const;
      const group = openServers(settings, undefined, () => undefined);
      try {
        const there = await group.openModel();
        assert.equal(there.info.family, family);
        const [local, remote] = [await here.detect(picture, options), await there.detect(picture, options)];
        assert.deepEqual(remote.objects, local.objects);
      } finally {
        await group.close();
        await server.close();
      }
    });
  }
});
