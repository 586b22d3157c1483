import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readInferResponse } from "../../../../src/vision/servers/kserve/response";

const where = "The inference server http://gpu";

function binary(outputs: object[], ...parts: Buffer[]): [head: string, body: Buffer] {
  const json = Buffer.from(JSON.stringify({ model_name: "m", outputs }));
  return [String(json.length), Buffer.concat([json, ...parts])];
}

const json = (outputs: unknown): Buffer => Buffer.from(JSON.stringify({ outputs }));
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
const sized = (binary_data_size: unknown): object => ({ parameters: { binary_data_size } });
const y = { name: "y", datatype: "FP32", shape: [1, 2] };

describe("responses of the Open Inference Protocol", () => {
  it("reads binary outputs wherever they start", () => {
    for (const name of ["y", "yy", "yyy", "yyyy"]) {
      const [head, body] = binary([{ ...y, name, ...sized(8) }], floats(1.5, -2));
      const [output] = readInferResponse(head, body, where);
      assert.deepEqual(output, { name, dims: [1, 2], data: Float32Array.of(1.5, -2) });
    }
  });

  it("reads a body that starts inside a pool of memory", () => {
    const [head, body] = binary([{ ...y, ...sized(8) }], floats(1.5, -2));
    const inside = Buffer.concat([Buffer.alloc(3), body]).subarray(3);
    assert.deepEqual(readInferResponse(head, inside, where)[0]?.data, Float32Array.of(1.5, -2));
  });

  it("reads binary and JSON outputs in one response", () => {
    const [head, body] = binary(
      [
        { ...y, ...sized(8) },
        { name: "count", datatype: "INT64", shape: [1], data: [3] },
        { name: "id", datatype: "INT64", shape: [1], ...sized(8) },
      ],
      floats(1, 2),
      Buffer.from(BigInt64Array.of(-5n).buffer),
    );
    const outputs = readInferResponse(head, body, where);
    assert.deepEqual(
      outputs.map(({ name, data }) => [name, ...data]),
      [
        ["y", 1, 2],
        ["count", 3],
        ["id", -5],
      ],
    );
  });

  it("reads JSON data, flat and nested", () => {
    for (const data of [
      [1, 2, 3, 4],
      [
        [1, 2],
        [3, 4],
      ],
    ]) {
      const body = json([{ name: "y", datatype: "FP32", shape: [2, 2], data }]);
      assert.deepEqual(readInferResponse(undefined, body, where)[0]?.data, Float32Array.of(1, 2, 3, 4));
    }
  });

  it("reads every datatype of numbers", () => {
    const cases: [string, Buffer, number][] = [
      ["BOOL", Buffer.of(1), 1],
      ["UINT8", Buffer.of(200), 200],
      ["INT8", Buffer.of(0x80), -128],
      ["UINT16", Buffer.of(0xff, 0xff), 65535],
      ["INT16", Buffer.of(0xff, 0xff), -1],
      ["UINT32", Buffer.of(1, 0, 1, 0), 65537],
      ["INT32", Buffer.of(0xfe, 0xff, 0xff, 0xff), -2],
      ["UINT64", Buffer.of(7, 0, 0, 0, 0, 0, 0, 0), 7],
      ["FP16", Buffer.of(0x00, 0x3c), 1],
      ["BF16", Buffer.of(0xc0, 0x3f), 1.5],
      ["FP64", Buffer.from(Float64Array.of(0.1).buffer), 0.1],
    ];
    for (const [datatype, bytes, value] of cases) {
      const [head, body] = binary([{ name: "y", datatype, shape: [1], ...sized(bytes.length) }], bytes);
      assert.equal(readInferResponse(head, body, where)[0]?.data[0], value, datatype);
    }
  });

  it("leaves out texts, and reads what follows them", () => {
    const text = Buffer.of(3, 0, 0, 0, 0x63, 0x61, 0x72);
    const [head, body] = binary(
      [
        { name: "labels", datatype: "BYTES", shape: [1], ...sized(7) },
        { ...y, ...sized(8) },
      ],
      text,
      floats(1, 2),
    );
    assert.deepEqual(
      readInferResponse(head, body, where).map(({ name }) => name),
      ["y"],
    );
  });

  const hostile: Record<string, [head: string | undefined, body: Buffer]> = {
    "bytes of nothing": [undefined, Buffer.from([0xff, 0x00])],
    "a page": [undefined, Buffer.from("<html>502</html>")],
    null: [undefined, Buffer.from("null")],
    "no outputs": [undefined, Buffer.from("{}")],
    "a head longer than the body": ["999", json([])],
    "a negative head": ["-1", json([])],
    "a head that is no number": ["1e3", json([])],
    "missing data": binary([{ ...y, ...sized(8) }], floats(1)),
    "data after the last output": binary([{ ...y, ...sized(8) }], floats(1, 2, 3)),
    "a size that is not that of the shape": binary([{ ...y, ...sized(4) }], floats(1)),
    "a negative size": binary([{ ...y, ...sized(-8) }]),
    "a size that is no integer": binary([{ ...y, ...sized(1.5) }]),
    "a huge shape": [undefined, json([{ ...y, shape: [1e9, 1e9], data: [] }])],
    "a negative dimension": [undefined, json([{ ...y, shape: [-1, -2], data: [1, 2] }])],
    "too many dimensions": [undefined, json([{ ...y, shape: Array(9).fill(1), data: [1] }])],
    "an unknown datatype": [undefined, json([{ ...y, datatype: "FP128", data: [1, 2] }])],
    "an output without a name": [undefined, json([{ ...y, name: 5, data: [1, 2] }])],
    "text instead of numbers": [undefined, json([{ ...y, data: ["1", "2"] }])],
    "a large shape in a small response": [undefined, json([{ ...y, shape: [1 << 24], data: [1] }])],
    "no data": [undefined, json([y])],
    "too few numbers": [undefined, json([{ ...y, data: [1] }])],
    "too many numbers": [undefined, json([{ ...y, data: [1, 2, 3] }])],
    "65 outputs": [undefined, json(Array(65).fill({ ...y, data: [1, 2] }))],
    "deeply nested data": [
      undefined,
      Buffer.from(
        `{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":${"[".repeat(5000)}1${"]".repeat(5000)}}]}`,
      ),
    ],
  };
  for (const [what, [head, body]] of Object.entries(hostile)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readInferResponse(head, body, where), { code: "INFERENCE_REPLY" });
    });
  }
});
