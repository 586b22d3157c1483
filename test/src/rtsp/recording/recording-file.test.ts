import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { RecordingFile } from "../../../../src/rtsp/recording/recording-file";
import { TsSplitter } from "../../../../src/rtsp/recording/ts-splitter";
import { provideFfmpeg } from "../../../../tools/ffmpeg";
import { numberedClip } from "../../../support/clips";
import { readVideo } from "../../../support/mp4";

const run = promisify(execFile);
const start = Date.parse("2026-03-02T08:00:00Z");

describe("RecordingFile", function () {
  this.timeout(30_000);
  let ffmpeg: string;
  let stream: Buffer;
  let folder: string;
  let file: string;
  before(async function () {
    this.timeout(120_000);
    ffmpeg = await provideFfmpeg();
    const clip = await numberedClip(ffmpeg, { width: 320, height: 240, seconds: 2 });
    const output = ["-c", "copy", "-f", "mpegts", "pipe:1"];
    const always = ["-loglevel", "error", "-r", "25", "-i", clip];
    stream = (await run(ffmpeg, [...always, ...output], { encoding: "buffer", maxBuffer: 1e8 })).stdout;
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "recording-file-"));
    file = path.join(folder, "below", "clip.mp4");
  });
  afterEach(() => rm(folder, { recursive: true }));

  function write(): RecordingFile {
    const recording = new RecordingFile(file, start, ffmpeg);
    const parts = new TsSplitter().push(stream);
    const first = parts.findIndex(({ frame }) => frame?.keyframe);
    for (const part of parts.slice(first)) recording.write({ ...part, time: 0 });
    return recording;
  }

  it("becomes an MP4, and reports its properties", async () => {
    const { bytes, ...facts } = await write().finish();
    assert.deepEqual(facts, {
      ...{ file, codec: "h264", seconds: 2 },
      ...{ start: "2026-03-02T08:00:00.000Z", end: "2026-03-02T08:00:02.000Z" },
    });
    assert.ok(bytes > 1000);
    assert.equal((await readVideo(ffmpeg, file)).numbers.length, 50);
    assert.deepEqual(await readdir(path.dirname(file)), ["clip.mp4"]);
  });

  it("stays unfinished but readable if there is no time for the MP4", async () => {
    await assert.rejects(write().finish(AbortSignal.abort()), {
      code: "CLOSED",
      message: /kept in .*clip\.unfinished\.ts/,
    });
    assert.deepEqual(await readdir(path.dirname(file)), ["clip.unfinished.ts"]);
    const unfinished = path.join(path.dirname(file), "clip.unfinished.ts");
    assert.equal((await readVideo(ffmpeg, unfinished)).numbers.length, 50);
  });

  it("grows beside another file of the same name, and replaces it", async () => {
    const [first, second] = [write(), write()];
    assert.equal((await first.finish()).seconds, 2);
    assert.equal((await second.finish()).seconds, 2);
    assert.equal((await readVideo(ffmpeg, file)).numbers.length, 50);
    assert.deepEqual(await readdir(path.dirname(file)), ["clip.mp4"]);
  });

  it("reports a lost recording if the unfinished file is deleted", async () => {
    const recording = write();
    const unfinished = path.join(path.dirname(file), "clip.unfinished.ts");
    while (!existsSync(unfinished)) await new Promise(setImmediate);
    await rm(unfinished);
    await assert.rejects(recording.finish(), { code: "FFMPEG_FAILED", message: /The recording is lost/ });
  });

  it("fails if the disk is too slow", async () => {
    const recording = new RecordingFile(file, start, ffmpeg);
    // In one turn of the event loop, no data reaches the disk.
    const data = Buffer.alloc(16 * 1024 * 1024);
    for (let count = 0; count < 6; count++) recording.write({ data, time: start });
    assert.equal(recording.failure, undefined);
    for (let count = 0; count < 3; count++) recording.write({ data, time: start });
    await assert.rejects(recording.finish(), { code: "FILE_WRITE", message: /too slow/ });
    assert.deepEqual(await readdir(path.dirname(file)), []);
  });
});
