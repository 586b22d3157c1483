import assert from "node:assert/strict";
import { endsAsJpeg, JpegWalker, jpegSize } from "../../../src/media/jpeg";

const START = [0xff, 0xd8];
const THUMBNAIL = [0xff, 0xe1, 0x00, 0x08, 0xff, 0xd8, 0xff, 0xd9, 0x01, 0x02];
const FRAME_HEADER = [0xff, 0xc0, 0x00, 0x08, 8, 0x01, 0x68, 0x02, 0x80, 3];
const SCAN = [0xff, 0xda, 0x00, 0x02, 0x12, 0xff, 0x00, 0xff, 0xd0, 0xff, 0x01, 0x34];
const END = [0xff, 0xd9];
const image = Buffer.from([...START, ...THUMBNAIL, 0xff, ...FRAME_HEADER, ...SCAN, ...END]);

describe("JpegWalker", () => {
  it("ends at the end marker of the image itself, even if data follows", () => {
    const walker = new JpegWalker();
    const data = Buffer.concat([image, image]);
    assert.equal(walker.read(data, 2), image.length);
    assert.deepEqual([walker.ending, walker.size], ["complete", { width: 640, height: 360 }]);
  });

  it("reads an image that grows byte by byte", () => {
    const walker = new JpegWalker();
    let at = 2;
    for (let length = 1; length < image.length; length++) {
      at = walker.read(image.subarray(0, length), at);
      assert.equal(walker.ending, undefined, `${length} bytes`);
    }
    assert.equal(walker.read(image, at), image.length);
    assert.equal(walker.ending, "complete");
  });

  const damages: [string, number[]][] = [
    ["a missing marker", [...START, 0x12]],
    ["a segment shorter than its length", [...START, 0xff, 0xe0, 0x00, 0x01]],
    ["the start of another image", [...START, ...THUMBNAIL, ...START]],
    ["the start of another image in its scan", [...START, ...SCAN, ...START]],
  ];
  for (const [damage, bytes] of damages) {
    it(`stops at ${damage}`, () => {
      const walker = new JpegWalker();
      const data = Buffer.from([...bytes, ...END]);
      assert.equal(walker.read(data, 2), bytes.length);
      assert.equal(walker.ending, "damaged");
      assert.equal(walker.read(data, bytes.length), bytes.length);
    });
  }
});

describe("jpegSize", () => {
  it("reads the frame header of the image, not of its thumbnail", () => {
    const thumbnail = [0xff, 0xe1, 0x00, 0x0e, ...START, ...FRAME_HEADER];
    const data = Buffer.from([...START, ...thumbnail, ...FRAME_HEADER]);
    assert.deepEqual(jpegSize(data), { width: 640, height: 360 });
  });

  it("is undefined without a complete frame header", () => {
    for (const bytes of [[], START, [...START, ...FRAME_HEADER.slice(0, 8)], [0x47, 0x49, ...FRAME_HEADER]])
      assert.equal(jpegSize(Buffer.from(bytes)), undefined);
  });

  it("is undefined for an image without width or height", () => {
    assert.equal(jpegSize(Buffer.from([...START, 0xff, 0xc0, 0, 8, 8, 0, 0, 2, 128, 3])), undefined);
  });
});

describe("endsAsJpeg", () => {
  it("accepts a few bytes of padding after the end marker", () => {
    assert.equal(endsAsJpeg(image), true);
    assert.equal(endsAsJpeg(Buffer.concat([image, Buffer.alloc(14)])), true);
    assert.equal(endsAsJpeg(Buffer.concat([image, Buffer.alloc(15)])), false);
    assert.equal(endsAsJpeg(image.subarray(0, -2)), false);
  });
});
