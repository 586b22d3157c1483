import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { InferRequest } from "../../../../src/vision/servers/kserve/request";

const point = { type: "float32", dims: [1, 2], data: Float32Array.of(1.5, -2) };

describe("requests of the Open Inference Protocol", () => {
  it("has the tensor's little-endian bytes right after the JSON", () => {
    const { headers, body } = new InferRequest({ x: point }, ["y"]).binary;
    const json =
      '{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}],' +
      '"outputs":[{"name":"y","parameters":{"binary_data":true}}]}';
    assert.equal(body.toString("utf8", 0, 152), json);
    assert.deepEqual([...body.subarray(152)], [0x00, 0x00, 0xc0, 0x3f, 0x00, 0x00, 0x00, 0xc0]);
    assert.deepEqual(headers, {
      "content-type": "application/octet-stream",
      "inference-header-content-length": "152",
    });
  });

  it("counts the bytes of the JSON, not its letters", () => {
    const { headers, body } = new InferRequest({ größe: point }, []).binary;
    const head = Number(headers["inference-header-content-length"]);
    assert.equal(body.length, head + 8);
    const json = JSON.parse(body.toString("utf8", 0, head)) as { inputs: { name: string }[] };
    assert.equal(json.inputs[0]?.name, "größe");
  });

  it("asks for all outputs in binary if none is named", () => {
    const { headers, body } = new InferRequest({ x: point }, []).binary;
    const head = body.toString("utf8", 0, Number(headers["inference-header-content-length"]));
    assert.deepEqual((JSON.parse(head) as { parameters: unknown }).parameters, { binary_data_output: true });
  });

  it("puts the length before a JPEG", () => {
    const jpeg = Buffer.alloc(9472, 0xff);
    const { headers, body } = new InferRequest({ image: { type: "bytes", dims: [1], data: jpeg } }, [])
      .binary;
    const head = Number(headers["inference-header-content-length"]);
    assert.match(
      body.toString("utf8", 0, head),
      /"datatype":"BYTES","parameters":\{"binary_data_size":9476\}/,
    );
    assert.deepEqual([...body.subarray(head, head + 4)], [0x00, 0x25, 0x00, 0x00]);
  });

  it("sends several tensors in the order of the JSON", () => {
    const { headers, body } = new InferRequest(
      {
        size: { type: "int64", dims: [1, 2], data: BigInt64Array.of(640n, 480n) },
        half: { type: "float16", dims: [1], data: Uint16Array.of(0x3c00) },
      },
      [],
    ).binary;
    const head = Number(headers["inference-header-content-length"]);
    assert.equal(body.readBigInt64LE(head), 640n);
    assert.equal(body.readUInt16LE(head + 16), 0x3c00);
    assert.equal(body.length, head + 18);
  });

  it("keeps its bytes when the caller reuses the tensor", () => {
    const data = Float32Array.of(1.5, -2);
    const request = new InferRequest({ x: { ...point, data } }, ["y"]);
    data.fill(9);
    assert.equal(request.binary.body.readFloatLE(152), 1.5);
  });

  it("has the numbers in the JSON for servers without binary tensors", () => {
    const request = new InferRequest(
      { x: point, id: { type: "int64", dims: [1], data: BigInt64Array.of(7n) } },
      ["y"],
    );
    assert.equal(
      request.json?.body.toString(),
      '{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1.5,-2]},' +
        '{"name":"id","shape":[1],"datatype":"INT64","data":[7]}],"outputs":[{"name":"y"}]}',
    );
  });

  it("has no JSON for types that it cannot express", () => {
    const half = { type: "float16", dims: [1], data: Uint16Array.of(0x3c00) };
    assert.equal(new InferRequest({ half }, []).json, undefined);
  });

  it("refuses a type that the protocol does not have", () => {
    assert.throws(() => new InferRequest({ x: { ...point, type: "complex64" } }, []), {
      code: "CONFIG_INVALID",
    });
  });
});
