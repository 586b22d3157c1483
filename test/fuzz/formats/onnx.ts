import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseNames, readModelFacts } from "../../../src/vision/onnx/model-facts";
import { readOnnxMetadata } from "../../../src/vision/onnx/metadata";
import { assertPlain, refusal } from "../support/contract";
import type { Format } from "../support/format";
import { damageBytes, damageText, oddText } from "../support/mutate";
import type { Random } from "../support/random";

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.of(...bytes, rest);
}

function field(number: number, body: Buffer, random: Random): Buffer {
  const length = random.chance(0.01)
    ? random.pick([0, 2 ** 31, 2 ** 53, body.length + 1, 2 ** 20])
    : body.length;
  return Buffer.concat([varint(number * 8 + 2), varint(length), body]);
}

const literals = [
  "{0: 'person', 1: \"driver's cab\"}",
  "['person', 'car']",
  '{"0":"a","99999":"b"}',
  "[640, 640]",
  "(17, 3)",
  "detect",
  "True",
];

function model(random: Random): Buffer {
  const property = (): Buffer => {
    const text = random.chance(0.7) ? random.pick(literals) : damageText(random.pick(literals), random);
    const key = random.pick(["names", "imgsz", "kpt_shape", "task", "end2end", "args", oddText(random)]);
    return Buffer.concat([field(1, Buffer.from(key), random), field(2, Buffer.from(text), random)]);
  };
  const parts = [
    Buffer.concat([varint(8), varint(9)]),
    field(2, Buffer.from("pytorch"), random),
    field(7, random.bytes(random.below(200)), random),
    ...random.several(6, () => field(14, property(), random)),
    ...random.several(1, () => Buffer.of(...[(20 << 3) | random.below(8)], ...random.bytes(8))),
  ];
  const file = Buffer.concat(parts);
  return random.chance(0.15) ? damageBytes(file, random) : file;
}

let folder: string | undefined;

/** Returns the one file of all inputs; it is removed when the process ends. */
function modelFile(): string {
  if (folder === undefined) {
    const created = (folder = mkdtempSync(path.join(os.tmpdir(), "fuzz-onnx-")));
    process.once("exit", () => {
      rmSync(created, { recursive: true, force: true });
    });
  }
  return path.join(folder, "model.onnx");
}

/** The metadata of ONNX files. */
export const onnx: Format = {
  name: "onnx",
  code: "src/vision/onnx/{metadata,model-facts,foreign-format}.ts",
  reaches: 0.35,
  async run(random) {
    const file = modelFile();
    writeFileSync(file, model(random));
    try {
      const facts = readModelFacts(await readOnnxMetadata(file));
      assert.ok((facts.names?.length ?? 0) <= 100_000);
      for (const name of facts.names?.slice(0, 100) ?? []) assert.ok(typeof (name as unknown) !== "object");
      assertPlain([facts.imageSize, facts.keypointValues]);
      return { read: true };
    } catch (thrown) {
      return refusal(thrown);
    }
  },
  growing: {
    names: (size) => () => parseNames(`{${"0:'a',".repeat(size / 6)}}`),
    "open quotes": (size) => () => parseNames(`['${"x".repeat(size)}`),
    "many open quotes": (size) => () => parseNames(`"${"'\\".repeat(size / 2)}`),
    digits: (size) => () => parseNames("1".repeat(size)),
    "digits and blanks": (size) => () => parseNames(`1${" ".repeat(size)}`),
    quotes: (size) => () => parseNames(`"1`.repeat(size / 2)),
    "image sizes": (size) => () => readModelFacts(new Map([["imgsz", "1,".repeat(size / 2)]])),
    "other settings": (size) => () => readModelFacts(new Map([["args", "'nms':  ".repeat(size / 8)]])),
  },
};
