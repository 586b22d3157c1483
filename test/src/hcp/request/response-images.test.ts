import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readResponse, type GatewayResponse } from "../../../../src/hcp/request/response";

const jpeg = Buffer.from("ffd8ffe000104a46494600010100000100010000ffd9", "hex");
const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const dataUrl = `data:image/jpeg;base64,${jpeg.toString("base64")}`;

function read(body: Buffer | string, contentType = "application/json;charset=utf-8"): GatewayResponse {
  const request = { path: "/p", stringToSign: "", redact: (text: string) => text };
  return readResponse({ status: 200, contentType, date: "", body: Buffer.from(body) }, request);
}

describe("an image in a response", () => {
  const forms: [string, Buffer | string, string?][] = [
    ["bare, in quotation marks", JSON.stringify(dataUrl)],
    ["bare, without them", dataUrl, "text/plain"],
    ["bare, with the content type of an image", dataUrl, "image/jpeg"],
    ["in data", JSON.stringify({ code: "0", msg: "Success", data: dataUrl })],
    ["in data, as Base64 alone", JSON.stringify({ code: 0, data: jpeg.toString("base64") })],
    ["as bytes", jpeg, "image/jpeg"],
    ["as bytes with a generic content type", jpeg, "application/octet-stream"],
  ];
  for (const [form, body, contentType] of forms) {
    it(`is a Buffer with its type when it arrives ${form}`, () => {
      const { data, mimeType, code } = read(body, contentType);
      assert.deepEqual([data, mimeType, code], [jpeg, "image/jpeg", "0"]);
    });
  }

  it("may be a PNG", () => {
    assert.deepEqual(read(png, "application/octet-stream").mimeType, "image/png");
    assert.deepEqual(read(JSON.stringify({ code: "0", data: png.toString("base64") })).data, png);
  });

  it("is not detected in other texts", () => {
    for (const data of ["", "31", "/pic?=d7", "iVery", "data:text/plain;base64,AAAA"]) {
      const response = read(JSON.stringify({ code: "0", data }));
      assert.deepEqual([response.data, response.mimeType], [data, undefined]);
    }
  });
});
