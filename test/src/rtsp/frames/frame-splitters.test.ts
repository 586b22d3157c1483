import assert from "node:assert/strict";
import type { EncodedFrame } from "../../../../src/media/frame";
import { JpegSplitter } from "../../../../src/rtsp/frames/jpeg-splitter";
import { PamSplitter } from "../../../../src/rtsp/frames/pam-splitter";

function pushAll(splitter: Pick<JpegSplitter, "push">, stream: Buffer, chunkSize: number): EncodedFrame[] {
  const frames: EncodedFrame[] = [];
  for (let start = 0; start < stream.length; start += chunkSize)
    frames.push(...splitter.push(stream.subarray(start, start + chunkSize)));
  return frames;
}

function segment(code: number, ...bytes: number[]): number[] {
  return [0xff, code, (bytes.length + 2) >> 8, (bytes.length + 2) & 0xff, ...bytes];
}

/** Returns a JPEG with all special cases: EOI of a thumbnail, fill bytes, stuffing, restarts, a second scan. */
function jpeg(width: number, height: number, scan: number[] = [0x12, 0xff, 0x00, 0x34]): Buffer {
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xe1, 0xff, 0xd8, 0x01, 0xff, 0xd9, 0x02),
    ...[0xff, 0xff],
    ...segment(0xdb, 0x00, 0x10),
    ...segment(0xc0, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3),
    ...segment(0xda, 0x01, 0x00),
    ...scan,
    ...[0xff, 0xd0, 0x56, 0xff, 0xd7, 0x78],
    ...segment(0xc4, 0x00),
    ...segment(0xda, 0x01, 0x00),
    ...[0x9a, 0xff, 0x00],
    ...[0xff, 0xff, 0xd9],
  ]);
}

function pam(width: number, height: number, fill: number): Buffer {
  const header = `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n`;
  return Buffer.concat([Buffer.from(header), Buffer.alloc(width * height * 3, fill)]);
}

describe("JpegSplitter", () => {
  const stream = Buffer.concat([jpeg(640, 360), jpeg(1920, 1080), jpeg(8, 4)]);

  it("finds the same frames in chunks of any size", () => {
    for (let size = 1; size <= stream.length; size++) {
      const splitter = new JpegSplitter();
      const frames = pushAll(splitter, stream, size);
      assert.deepEqual(Buffer.concat(frames.map((frame) => frame.data)), stream, `chunks of ${size}`);
      assert.deepEqual(
        frames.map(({ width, height }) => [width, height]),
        [
          [640, 360],
          [1920, 1080],
          [8, 4],
        ],
      );
      assert.equal(splitter.discarded, 0);
    }
  });

  it("skips bytes between frames, and counts them once", () => {
    for (let size = 1; size <= 40; size++) {
      const splitter = new JpegSplitter();
      const noise = Buffer.from([1, 2, 0xff, 0xd9, 3]);
      const frames = pushAll(splitter, Buffer.concat([noise, jpeg(8, 8), noise, jpeg(9, 9)]), size);
      assert.deepEqual(
        frames.map((frame) => frame.data),
        [jpeg(8, 8), jpeg(9, 9)],
      );
      assert.equal(splitter.discarded, 2);
    }
  });

  it("continues after an incomplete frame", () => {
    for (const size of [1, 7, 1000]) {
      const splitter = new JpegSplitter();
      const broken = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x01, 0x55, 0x66]);
      const frames = pushAll(splitter, Buffer.concat([broken, jpeg(8, 8)]), size);
      assert.deepEqual(
        frames.map((frame) => frame.data),
        [jpeg(8, 8)],
      );
      assert.equal(splitter.discarded, 1);
    }
  });

  it("stores at most one frame of the largest size", () => {
    const splitter = new JpegSplitter(200);
    const endless = Array.from({ length: 150 }, () => 0x11);
    splitter.push(jpeg(8, 8, endless).subarray(0, -2));
    const frames = splitter.push(Buffer.concat([Buffer.from(endless), jpeg(9, 9)]));
    frames.push(...splitter.push(jpeg(10, 10)));
    assert.equal(splitter.discarded, 1);
    assert.deepEqual(frames.at(-1)?.data, jpeg(10, 10));
  });
});

describe("PamSplitter", () => {
  const stream = Buffer.concat([pam(4, 2, 0x41), pam(6, 3, 0x50), pam(4, 2, 0x43)]);

  it("finds the same frames in chunks of any size, even if the image size changes", () => {
    for (let size = 1; size <= stream.length; size++) {
      const splitter = new PamSplitter();
      const frames = pushAll(splitter, stream, size);
      assert.deepEqual(
        frames,
        [
          { data: Buffer.alloc(24, 0x41), width: 4, height: 2 },
          { data: Buffer.alloc(54, 0x50), width: 6, height: 3 },
          { data: Buffer.alloc(24, 0x43), width: 4, height: 2 },
        ],
        `chunks of ${size}`,
      );
      assert.equal(splitter.discarded, 0);
    }
  });

  it("skips bytes between frames, and counts them once", () => {
    for (let size = 1; size <= 40; size++) {
      const splitter = new PamSplitter();
      const noise = Buffer.from("noise P and P7 again");
      const frames = pushAll(splitter, Buffer.concat([noise, pam(2, 2, 7), noise, pam(1, 1, 8)]), size);
      assert.deepEqual(
        frames.map((frame) => frame.data.length),
        [12, 3],
      );
      assert.equal(splitter.discarded, 2);
    }
  });

  it("drops a frame above the largest size, or of another format", () => {
    const splitter = new PamSplitter(100);
    const grey = Buffer.from("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\nx");
    const frames = splitter.push(Buffer.concat([pam(100, 100, 0), pam(2, 2, 1), grey, pam(3, 3, 2)]));
    assert.deepEqual(
      frames.map((frame) => frame.width),
      [2, 3],
    );
    assert.equal(splitter.discarded, 2);
  });

  it("limits the size of a header", () => {
    const splitter = new PamSplitter();
    splitter.push(Buffer.from(`P7\n${"# comment\n".repeat(200)}`));
    assert.deepEqual(splitter.push(pam(1, 1, 9)).length, 1);
    assert.equal(splitter.discarded, 1);
  });
});
