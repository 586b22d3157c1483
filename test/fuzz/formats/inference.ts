import assert from "node:assert/strict";
import { readPredictions } from "../../../src/vision/servers/deepstack/predictions";
import { readModel, versionsOf } from "../../../src/vision/servers/kserve/model-metadata";
import { readInferResponse } from "../../../src/vision/servers/kserve/response";
import { refusable } from "../support/contract";
import type { Format } from "../support/format";
import { jsonOf, mutateJson, writeJson } from "../support/json";
import { damageBytes, oddText } from "../support/mutate";
import type { Random } from "../support/random";

const WHERE = "Server http://192.0.2.30:8000";
const sizes: Record<string, number> = { FP32: 4, FP16: 2, INT64: 8, UINT8: 1, BF16: 2, FP64: 8 };

/** Makes an answer with binary and JSON outputs, and the length of its JSON. */
function answer(random: Random): { head: string | undefined; body: Buffer } {
  const parts: Buffer[] = [];
  const outputs = Array.from({ length: 1 + random.below(3) }, (_, at) => {
    const datatype = random.pick(Object.keys(sizes));
    const shape = [1, 1 + random.below(4), 1 + random.below(6)];
    const elements = shape.reduce((a, b) => a * b, 1);
    const declared = { name: `output${at}`, datatype, shape };
    if (random.chance(0.3))
      return { ...declared, data: Array.from({ length: elements }, () => random.below(100)) };
    const bytes = random.bytes(elements * (sizes[datatype] ?? 1));
    parts.push(bytes);
    return { ...declared, parameters: { binary_data_size: bytes.length } };
  });
  let json = jsonOf({ model_name: "yolo", model_version: "1", outputs });
  for (let count = random.below(3); count > 0; count -= 1) json = mutateJson(json, random);
  const text = Buffer.from(writeJson(json));
  const body = Buffer.concat([text, ...parts]);
  const head = random.chance(0.05)
    ? oddText(random)
    : parts.length === 0 && random.chance(0.5)
      ? undefined
      : String(text.length);
  return { head, body: random.chance(0.05) ? damageBytes(body, random) : body };
}

const read = (text: string) => (): unknown =>
  refusable(() => void readInferResponse(undefined, Buffer.from(text), WHERE));

/** Answers of KServe servers. */
export const kserve: Format = {
  name: "kserve",
  code: "src/vision/servers/kserve/{response,model-metadata,datatypes}.ts",
  reaches: 0.3,
  run(random) {
    let description = jsonOf({
      name: "yolo",
      versions: ["1", "2"],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "images", datatype: "FP32", shape: [-1, 3, 640, 640] }],
      outputs: [{ name: "output0", datatype: "FP32", shape: [-1, 84, 8400] }],
    });
    for (let count = random.below(3); count > 0; count -= 1) description = mutateJson(description, random);
    const metadata = Buffer.from(writeJson(description));
    assert.ok(versionsOf(metadata).every((version) => typeof version === "string"));
    refusable(() => {
      const { inputs, outputs } = readModel(metadata, WHERE);
      assert.ok(inputs.length > 0 && outputs.length > 0);
    });
    const { head, body } = answer(random);
    return refusable(() => {
      for (const { name, dims, data } of readInferResponse(head, body, WHERE)) {
        assert.equal(typeof name, "string");
        assert.equal(
          data.length,
          dims.reduce((a, b) => a * b, 1),
        );
        assert.ok(data.length <= body.length);
      }
    });
  },
  growing: {
    numbers: (size) =>
      read(
        `{"outputs":[{"name":"a","datatype":"FP32","shape":[${Math.floor(size / 2)}],"data":[${Array.from({ length: size / 2 }, () => 1).join(",")}]}]}`,
      ),
    brackets: (size) => read(`{"outputs":${"[".repeat(size / 2)}${"]".repeat(size / 2)}}`),
    "many outputs": (size) => read(`{"outputs":[${"{},".repeat(size / 3)}{}]}`),
  },
};

/** Answers of DeepStack servers. */
export const deepstack: Format = {
  name: "deepstack",
  code: "src/vision/servers/deepstack/predictions.ts",
  reaches: 0.4,
  run(random) {
    const prediction = { label: "person", confidence: 0.9, x_min: 10, y_min: 20, x_max: 110, y_max: 220 };
    let json = jsonOf([prediction, { ...prediction, label: "car" }]);
    for (let count = random.below(3); count > 0; count -= 1) json = mutateJson(json, random);
    let predictions: unknown;
    try {
      predictions = JSON.parse(writeJson(json));
    } catch {
      return { read: false, refusal: "not JSON" };
    }
    const boxes = readPredictions(predictions);
    for (const { label, score, box } of boxes ?? []) {
      assert.ok(label !== "" && score >= 0 && score <= 1);
      assert.ok(Object.values(box).every(Number.isFinite), "a box is not finite");
      assert.ok(box.width >= 0 && box.height >= 0);
    }
    return boxes === undefined ? { read: false, refusal: "undefined" } : { read: true };
  },
  growing: {},
};
