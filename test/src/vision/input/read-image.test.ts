import assert from "node:assert/strict";
import { describe, it } from "mocha";
import sharp from "sharp";
import { readImage } from "../../../../src/vision/input/read-image";

const input = { width: 64, height: 64 };
const plain = (width: number, height: number): sharp.Sharp =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 100, b: 50 } } });

describe("readImage", () => {
  for (const format of ["jpeg", "png", "webp"] as const) {
    it(`shrinks a ${format} to the size that fits`, async () => {
      const { size, fit, pixels } = await readImage(
        await plain(160, 80).toFormat(format).toBuffer(),
        input,
        "centre",
      );
      assert.deepEqual([size.width, size.height, fit.width, fit.height, fit.top], [160, 80, 64, 32, 16]);
      assert.deepEqual([pixels.width, pixels.height, pixels.channels], [64, 32, 3]);
      const [red = 0, green = 0, blue = 0] = pixels.data;
      assert.ok(Math.abs(red - 200) < 6 && Math.abs(green - 100) < 6 && Math.abs(blue - 50) < 6);
    });
  }

  it("applies the EXIF orientation", async () => {
    const turned = await plain(160, 80).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { size, fit } = await readImage(turned, input, "centre");
    assert.deepEqual([size.width, size.height, fit.width, fit.height], [80, 160, 32, 64]);
  });

  it("converts grey, 16-bit and transparent images to three channels", async () => {
    for (const image of [
      await plain(20, 20).greyscale().jpeg().toBuffer(),
      await plain(20, 20).toColourspace("rgb16").png().toBuffer(),
      await plain(20, 20).ensureAlpha(0.5).png().toBuffer(),
    ]) {
      const { pixels } = await readImage(image, input, "centre");
      assert.deepEqual([pixels.channels, pixels.data.length], [3, 64 * 64 * 3]);
    }
  });

  it("returns raw pixels unchanged", async () => {
    const raw = { data: Buffer.alloc(8 * 4 * 3), width: 8, height: 4, channels: 3 };
    const { pixels, size } = await readImage(raw, input, "centre");
    assert.equal(pixels.data, raw.data);
    assert.deepEqual([size.width, size.height], [8, 4]);
  });

  for (const [what, image] of [
    ["text", Buffer.from("Not an image, but long enough to be one")],
    ["an SVG, which could open files", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9"/>')],
    ["no bytes", Buffer.alloc(0)],
    ["too few raw pixels", { data: Buffer.alloc(9), width: 2, height: 2, channels: 3 }],
    ["raw pixels without a size", { data: Buffer.alloc(0), width: 0, height: 4, channels: 3 }],
    ["raw pixels with a fractional width", { data: Buffer.alloc(3), width: 0.5, height: 2, channels: 3 }],
    ["raw pixels with two channels", { data: Buffer.alloc(8), width: 2, height: 2, channels: 2 }],
  ] as const) {
    it(`rejects ${what}`, async () => {
      await assert.rejects(readImage(image, input, "centre"), { code: "IMAGE_INVALID" });
    });
  }

  it("rejects a truncated JPEG", async () => {
    const whole = await plain(400, 300).jpeg().toBuffer();
    await assert.rejects(readImage(whole.subarray(0, whole.length / 2), input, "centre"), {
      code: "IMAGE_INVALID",
    });
  });
});
