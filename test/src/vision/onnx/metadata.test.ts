import assert from "node:assert/strict";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { parseNames, readModelFacts } from "../../../../src/vision/onnx/model-facts";
import { readOnnxMetadata } from "../../../../src/vision/onnx/metadata";
import { constantDetector } from "../../../support/onnx-model";

describe("readOnnxMetadata", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "onnx-metadata-"));
  });
  after(() => rm(folder, { recursive: true }));

  const fileWith = async (bytes: Buffer): Promise<string> => {
    const file = path.join(folder, "model.onnx");
    await writeFile(file, bytes);
    return file;
  };
  const outputs = [{ name: "output0", dims: [1, 5, 84], data: new Float32Array(5 * 84) }];

  it("reads metadata_props", async () => {
    const metadata = { task: "detect", names: "{0: 'tram', 1: 'cyclist'}" };
    const file = await fileWith(constantDetector({ outputs, metadata }));
    assert.deepEqual(Object.fromEntries(await readOnnxMetadata(file)), metadata);
  });

  it("is empty if the file has no metadata", async () => {
    assert.equal((await readOnnxMetadata(await fileWith(constantDetector({ outputs })))).size, 0);
  });

  it("finds the metadata after a graph of 300 MB without reading the graph", async () => {
    // ir_version, then a graph (field 7) as a hole in a sparse file.
    const graph = 300_000_000;
    const head = Buffer.from([0x08, 8, 0x3a, ...varint(graph)]);
    const tail = Buffer.from([0x72, 8, 0x0a, 1, 107, 0x12, 3, 97, 98, 99]);
    const file = path.join(folder, "large.onnx");
    const handle = await open(file, "w");
    await handle.write(head, 0, head.length, 0);
    await handle.write(tail, 0, tail.length, head.length + graph);
    await handle.close();
    const before = process.memoryUsage().arrayBuffers;
    assert.equal((await readOnnxMetadata(file)).get("k"), "abc");
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
  });

  for (const [what, bytes] of [
    ["text", Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:7f\nsize 3\n")],
    ["nothing", Buffer.alloc(0)],
    ["a file that was cut off", constantDetector({ outputs }).subarray(0, 400)],
    ["a tag without an end", Buffer.alloc(40, 0xff)],
  ] as const) {
    it(`rejects ${what}`, async () => {
      await assert.rejects(readOnnxMetadata(await fileWith(bytes)), { code: "YOLO_MODEL_INVALID" });
    });
  }
});

describe("the metadata of Ultralytics", () => {
  it("contains names, size, task and key points", () => {
    const facts = readModelFacts(
      new Map([
        ["names", "{0: 'person'}"],
        ["imgsz", "[384, 640]"],
        ["task", "pose"],
        ["kpt_shape", "[17, 3]"],
      ]),
    );
    assert.deepEqual(facts, {
      names: ["person"],
      imageSize: [384, 640],
      task: "pose",
      selected: false,
      keypointValues: 51,
    });
  });

  it("shows by either key that the graph selects the objects", () => {
    assert.equal(readModelFacts(new Map([["end2end", "True"]])).selected, true);
    assert.equal(readModelFacts(new Map([["args", "{'batch': 1, 'nms': True}"]])).selected, true);
    assert.equal(readModelFacts(new Map([["args", "{'batch': 1, 'nms': False}"]])).selected, false);
  });

  for (const [literal, names] of [
    ["{0: 'person', 1: \"driver's cab\"}", ["person", "driver's cab"]],
    ["{0: 'it\\'s', 1: 'a\\\\b', 2: 'caf\\xe9', 3: '\\u5b89'}", ["it's", "a\\b", "café", "安"]],
    ["['no: 1', 'a, b']", ["no: 1", "a, b"]],
    ['{"0": "helmet", "1": "head"}', ["helmet", "head"]],
    ["{0: 'with {braces}: and, commas'}", ["with {braces}: and, commas"]],
    ["", []],
  ] as const) {
    it(`reads ${literal === "" ? "nothing" : literal}`, () => {
      assert.deepEqual(parseNames(literal), names);
    });
  }

  it("keeps the ids if some are missing, and ignores absurd ones", () => {
    const names = parseNames("{0: 'a', 2: 'c', 4000000000: 'x'}");
    assert.equal(names.length, 3);
    assert.deepEqual([names[0], names[1], names[2]], ["a", undefined, "c"]);
  });
});

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
