import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { decodeBase64 } from "../../../src/viewtron/images";

describe("decodeBase64", () => {
  for (const size of [0, 1, 2, 3, 49_151, 49_152, 49_153, 300_001]) {
    const data = randomBytes(size);
    it(`decodes ${size} bytes`, () => {
      assert.ok(decodeBase64(Buffer.from(data.toString("base64"))).equals(data));
    });

    it(`decodes ${size} bytes in lines of 76 characters`, () => {
      const lines = data.toString("base64").replace(/.{76}/g, "$&\r\n");
      assert.ok(decodeBase64(Buffer.from(`\n ${lines} \n`)).equals(data));
    });
  }

  it("decodes a text without its padding", () => {
    assert.equal(decodeBase64(Buffer.from("aGVsbG8")).toString(), "hello");
  });
});
