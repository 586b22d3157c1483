import assert from "node:assert/strict";
import { jpegSize } from "../../../src/media/jpeg";
import { JpegSplitter } from "../../../src/rtsp/frames/jpeg-splitter";
import { PamSplitter } from "../../../src/rtsp/frames/pam-splitter";
import { TsSplitter, type StreamPart } from "../../../src/rtsp/recording/ts-splitter";
import type { EncodedFrame } from "../../../src/media/frame";
import { cut } from "../../support/seeded-random";
import type { Format, Outcome } from "../support/format";
import { damageBytes, oddText } from "../support/mutate";
import type { Random } from "../support/random";

function segment(code: number, body: Buffer, random: Random, isOdd: boolean): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(isOdd && random.chance(0.1) ? random.pick([0, 1, 2, 3, 65_535]) : body.length + 2);
  return Buffer.concat([Buffer.of(0xff, code), length, body]);
}

/** Makes a JPEG file of valid segments, with a thumbnail in one of them; changed if it is odd. */
export function jpegFile(random: Random, isOdd = random.chance(0.7)): Buffer {
  const size = Buffer.of(8, 0, 1 + random.below(255), 0, 1 + random.below(255), 3);
  const scan = Buffer.from(random.bytes(20 + random.below(200)).map((byte) => (byte === 0xff ? 0xfe : byte)));
  const thumbnail = Buffer.from("ffd8ffe00004000affd9", "hex");
  const file = Buffer.concat([
    Buffer.of(0xff, 0xd8),
    segment(0xe0, Buffer.concat([Buffer.from("JFIF\0"), thumbnail]), random, isOdd),
    ...random.several(2, () =>
      segment(random.pick([0xdb, 0xc4, 0xe1, 0xfe]), random.bytes(random.below(40)), random, isOdd),
    ),
    segment(random.pick([0xc0, 0xc2]), size, random, isOdd),
    segment(0xda, random.bytes(6), random, isOdd),
    scan,
    Buffer.of(0xff, 0x00, 0x12, 0xff, random.pick([0xd0, 0xd7]), 0x34),
    Buffer.of(0xff, 0xd9),
  ]);
  return isOdd && random.chance(0.3) ? damageBytes(file, random) : file;
}

interface Splitter<Item> {
  push(chunk: Buffer): Item[];
}

/** Feeds the same bytes in two ways of cutting them. Chunks must not matter. */
function split<Item>(make: () => Splitter<Item>, bytes: Buffer, random: Random): Item[] {
  const feed = (most: number): Item[] => {
    const splitter = make();
    return cut(bytes, random.next, most).flatMap((chunk) => splitter.push(chunk));
  };
  const [once, again] = [feed(random.pick([2, 30, 1000])), feed(random.pick([7, 200, 100_000]))];
  assert.equal(once.length, again.length, "the result depends on the chunks");
  return once;
}

function assertFrames(frames: readonly EncodedFrame[], bytes: number): void {
  const size = frames.reduce((sum, { data }) => sum + data.length, 0);
  assert.ok(size <= bytes, "more bytes than arrived");
  for (const { width, height } of frames) assert.ok(width > 0 && height > 0);
}

const outcome = (isRead: boolean): Outcome =>
  isRead ? { read: true } : { read: false, refusal: "no frame" };
const repeated = (text: string) => (size: number) =>
  Buffer.from(text.repeat(Math.ceil(size / text.length)), "latin1");

function growing(make: () => Splitter<unknown>, texts: Record<string, string>): Format["growing"] {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      (size: number) => {
        const bytes = repeated(text)(size);
        return () => make().push(bytes);
      },
    ]),
  );
}

/** JPEG files in a row. */
export const jpeg: Format = {
  name: "jpeg",
  code: "src/rtsp/frames/jpeg-splitter.ts, src/media/jpeg.ts",
  reaches: 0.7,
  run(random) {
    const isOdd = random.chance(0.7);
    const files = Array.from({ length: 1 + random.below(4) }, () => jpegFile(random, isOdd));
    const bytes = Buffer.concat(files);
    const frames = split(() => new JpegSplitter(4096), bytes, random);
    assertFrames(frames, bytes.length);
    if (!isOdd) assert.equal(frames.length, files.length, "an undamaged image is lost");
    for (const { data } of frames) {
      assert.equal(data.toString("hex", 0, 2), "ffd8");
      assert.equal(data.toString("hex", data.length - 2), "ffd9");
    }
    for (const file of files) jpegSize(file);
    return outcome(frames.length > 0);
  },
  growing: growing(() => new JpegSplitter(), {
    "starts only": "\xff\xd8",
    "marker bytes": "\xff",
    "no image": "x",
    "empty segments": "\xff\xe0\x00\x02",
    "restarts in a scan": "\xff\xd8\xff\xda\x00\x02\xff\xd0\xff\xd0",
    "small images": "\xff\xd8\xff\xc0\x00\x08\x08\x00\x01\x00\x01\x03\xff\xd9",
  }),
};

function pamFile(random: Random, isOdd: boolean): Buffer {
  const odd = (right: string): string => (isOdd && random.chance(0.1) ? oddText(random) : right);
  const [width, height] = [1 + random.below(8), 1 + random.below(8)];
  const lines = [
    ...["P7", `WIDTH ${odd(String(width))}`, `HEIGHT ${odd(String(height))}`, `DEPTH ${odd("3")}`],
    ...[`MAXVAL ${odd("255")}`, `TUPLTYPE ${odd("RGB")}`, odd("ENDHDR"), ""],
  ];
  return Buffer.concat([Buffer.from(lines.join("\n")), random.bytes(width * height * 3)]);
}

/** Raw frames with a text header. */
export const pam: Format = {
  name: "pam",
  code: "src/rtsp/frames/pam-splitter.ts",
  reaches: 0.7,
  run(random) {
    const isOdd = random.chance(0.7);
    const files = Array.from({ length: 1 + random.below(4) }, () => pamFile(random, isOdd));
    const whole = Buffer.concat(files);
    const bytes = isOdd && random.chance(0.3) ? damageBytes(whole, random) : whole;
    const frames = split(() => new PamSplitter(4096), bytes, random);
    assertFrames(frames, bytes.length);
    if (!isOdd) assert.equal(frames.length, files.length, "an undamaged image is lost");
    for (const { data, width, height } of frames) assert.equal(data.length, width * height * 3);
    return outcome(frames.length > 0);
  },
  growing: growing(() => new PamSplitter(), {
    "magic numbers only": "P7\n",
    "ends only": "ENDHDR\n",
    "empty headers": "P7\nENDHDR\n",
    "no image": "x",
    "small images": "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\nabc",
  }),
};

const PACKET = 188;
const VIDEO_PID = 256;
const MAP_PID = 4096;

function packet(pid: number, begins: boolean, payload: Buffer, adaptation: Buffer): Buffer {
  const head = Buffer.of(
    0x47,
    (begins ? 0x40 : 0) | (pid >> 8),
    pid & 0xff,
    adaptation.length > 0 ? 0x30 : 0x10,
  );
  return Buffer.concat([head, adaptation, payload, Buffer.alloc(PACKET, 0xff)]).subarray(0, PACKET);
}

function tsStream(random: Random, isOdd: boolean): Buffer {
  const odd = (bytes: Buffer): Buffer => (isOdd && random.chance(0.1) ? damageBytes(bytes, random) : bytes);
  const none = Buffer.alloc(0);
  const tables = [
    packet(0, true, odd(Buffer.from("0000b00d0001c100000001f000deadbeef", "hex")), none),
    packet(
      MAP_PID,
      true,
      odd(Buffer.from(`0002b0170001c10000e100f000${random.pick(["1b", "24", "0f"])}e100f000deadbeef`, "hex")),
      none,
    ),
  ];
  const frames = Array.from({ length: 1 + random.below(8) }, () => {
    const pts = odd(Buffer.of(0x21 | (random.below(8) << 1), random.below(256), 1, random.below(256), 1));
    const pes = odd(
      Buffer.concat([Buffer.from("000001e000008080", "hex"), Buffer.of(5), pts, random.bytes(40)]),
    );
    const adaptation = random.chance(0.5) ? odd(Buffer.of(1, random.pick([0, 0x40]))) : none;
    return packet(VIDEO_PID, random.chance(0.8), pes, adaptation);
  });
  const bytes = Buffer.concat([...tables, ...frames]);
  return isOdd && random.chance(0.3) ? damageBytes(bytes, random) : bytes;
}

/** An MPEG transport stream. */
export const ts: Format = {
  name: "ts",
  code: "src/rtsp/recording/ts-splitter.ts",
  reaches: 0.4,
  run(random) {
    const bytes = tsStream(random, random.chance(0.7));
    const splitter = new TsSplitter();
    const parts: StreamPart[] = cut(bytes, random.next, random.pick([50, 300, 100_000])).flatMap((chunk) =>
      splitter.push(chunk),
    );
    const frames = parts.flatMap(({ frame }) => (frame === undefined ? [] : [frame]));
    const size = parts.reduce((sum, { data }) => sum + data.length, 0);
    assert.ok(size <= bytes.length + frames.length * 2 * PACKET, "more bytes than arrived");
    for (const { seconds } of frames) assert.ok(Number.isFinite(seconds), `time ${seconds}`);
    return outcome(frames.length > 0);
  },
  growing: growing(() => new TsSplitter(), {
    "sync bytes": "G",
    "no sync byte": "x",
    "sync bytes apart": `G${"x".repeat(10)}`,
    "empty packets": `G@\x01\x10${"\xff".repeat(184)}`,
  }),
};
