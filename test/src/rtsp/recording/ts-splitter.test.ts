import assert from "node:assert/strict";
import { TsSplitter, type StreamPart } from "../../../../src/rtsp/recording/ts-splitter";
import { cut, seededRandom } from "../../../support/seeded-random";
import { audioPacket, pat, frame, pmt, more } from "./transport-stream";

function split(chunks: readonly Buffer[]): StreamPart[] {
  const splitter = new TsSplitter();
  return chunks.flatMap((chunk) => splitter.push(chunk));
}

const whole = (data: Buffer): StreamPart[] => split([data]);
const bytes = (parts: readonly StreamPart[]): Buffer => Buffer.concat(parts.map(({ data }) => data));
const starts = (parts: readonly StreamPart[]) =>
  parts.flatMap((part) => (part.frame === undefined ? [] : [part.frame]));

describe("TsSplitter", () => {
  const tables = [pat(), pmt("h264")];
  const stream = Buffer.concat([
    ...tables,
    ...[frame({ keyframe: true, seconds: 10 }), more(), more(), audioPacket()],
    ...[frame({ seconds: 10.04 }), more(), audioPacket(), pat(), pmt("h264")],
    ...[frame({ keyframe: true, seconds: 10.08 }), more()],
  ]);

  it("finds the start, the kind and the time of frames", () => {
    assert.deepEqual(starts(whole(stream)), [
      { keyframe: true, codec: "h264", seconds: 0 },
      { keyframe: false, codec: "h264", seconds: 0.04 },
      { keyframe: true, codec: "h264", seconds: 0.08 },
    ]);
  });

  it("repeats the tables before every keyframe, and changes nothing else", () => {
    const table = Buffer.concat(tables);
    const [before, first, second, third] = whole(stream).map(({ data }) => data);
    assert.ok(before?.equals(table));
    for (const keyframe of [first, third]) assert.ok(keyframe?.subarray(0, table.length).equals(table));
    const [own, last] = [first, third].map((data) => data?.subarray(table.length));
    assert.deepEqual(Buffer.concat([before, own, second, last].map((data) => data ?? table)), stream);
  });

  it("returns the same parts for chunks of any size", () => {
    const random = seededRandom(7);
    const expected = whole(stream);
    for (let round = 0; round < 50; round++) {
      const parts = split(cut(stream, random, 400));
      assert.deepEqual(starts(parts), starts(expected));
      assert.ok(bytes(parts).equals(bytes(expected)));
    }
  });

  it("supports H.265", () => {
    const data = Buffer.concat([pat(), pmt("h265"), frame({ keyframe: true, seconds: 0 })]);
    assert.equal(starts(whole(data))[0]?.codec, "h265");
  });

  it("finds the video after other streams and descriptors in the table", () => {
    const data = Buffer.concat([pat(), pmt("h264", { soundFirst: true }), frame({ seconds: 0 })]);
    assert.equal(starts(whole(data)).length, 1);
  });

  it("continues the time when the timestamps wrap, after 26.5 hours", () => {
    const end = 2 ** 33 / 90_000;
    const data = [end - 0.08, end - 0.04, 0, 0.04].map((seconds) => frame({ seconds }));
    const seconds = starts(whole(Buffer.concat([...tables, ...data]))).map((start) => start.seconds);
    assert.deepEqual(
      seconds.map((value) => Math.round(value * 100) / 100),
      [0, 0.04, 0.08, 0.12],
    );
  });

  it("accepts a frame with a time before the previous frame", () => {
    const data = [10, 10.08, 10.04].map((seconds) => frame({ seconds }));
    assert.deepEqual(
      starts(whole(Buffer.concat([...tables, ...data]))).map(({ seconds }) => seconds),
      [0, 0.08, 0.04],
    );
  });

  it("continues after foreign bytes", () => {
    const parts = whole(Buffer.concat([stream, Buffer.alloc(77, 1), stream]));
    assert.equal(starts(parts).length, 6);
  });
});
