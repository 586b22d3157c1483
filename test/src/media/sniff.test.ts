import assert from "node:assert/strict";
import { imageType } from "../../../src/media/sniff";

describe("imageType", () => {
  const images: [string | undefined, Buffer][] = [
    ["image/jpeg", Buffer.from("ffd8ffe000104a464946", "hex")],
    ["image/jpeg", Buffer.from("ffd8ff", "hex")],
    ["image/png", Buffer.from("89504e470d0a1a0a", "hex")],
    ["image/webp", Buffer.from("RIFF\0\0\0\0WEBPVP8 ", "latin1")],
    [undefined, Buffer.from("RIFF\0\0\0\0WAVEfmt ", "latin1")],
    [undefined, Buffer.from("GIF89a")],
    [undefined, Buffer.from("<svg xmlns=")],
    [undefined, Buffer.from("ffd8", "hex")],
    [undefined, Buffer.alloc(0)],
  ];
  for (const [type, data] of images) {
    it(`returns ${type ?? "nothing"} for ${data.toString("hex") || "no bytes"}`, () => {
      assert.equal(imageType(data), type);
    });
  }
});
