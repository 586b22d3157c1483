import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Recordings } from "../../../../src/isapi/recordings/recordings";
import { provideFfmpeg } from "../../../../tools/ffmpeg";
import type { StoredRecording } from "../../../servers/isapi/recordings";
import { numberedClip } from "../../../support/clips";
import { RecorderScene, tenMinutes } from "../../../support/recorder-scene";

const run = promisify(execFile);

describe("Recordings", () => {
  let scene: RecorderScene;
  const open = async (...options: Parameters<typeof RecorderScene.open>): Promise<Recordings> => {
    scene = await RecorderScene.open(...options);
    return scene.recordings;
  };
  afterEach(async () => {
    await scene.close();
  });

  describe("as MP4", function () {
    this.timeout(60_000);
    let ffmpeg: string;
    let data: Buffer;
    before(async () => {
      ffmpeg = await provideFfmpeg();
      const clip = await numberedClip(ffmpeg, { width: 320, height: 240, seconds: 10 });
      const work = await mkdtemp(path.join(os.tmpdir(), "program-stream-"));
      const stream = path.join(work, "clip.mpg");
      const video = ["-r", "25", "-i", clip, "-f", "lavfi", "-i", "sine=duration=10"];
      await run(ffmpeg, ["-loglevel", "error", ...video, "-c:v", "copy", "-c:a", "mp2", "-f", "vob", stream]);
      data = Buffer.concat([Buffer.from("IMKH"), Buffer.alloc(60), await readFile(stream)]);
      await rm(work, { recursive: true });
    });
    /** Returns ffmpeg's description of a file. */
    const streams = async (file: string): Promise<string> =>
      (await run(ffmpeg, ["-hide_banner", "-i", file, "-f", "null", "-"])).stderr;
    const seconds = (text: string): number => {
      const [, minutes, rest] = /Duration: 00:(\d\d):([\d.]+)/.exec(text) ?? [];
      return Number(minutes) * 60 + Number(rest);
    };
    const stored = (): StoredRecording[] =>
      tenMinutes(1, data).map((item) => ({ ...item, end: "2026-03-02T08:00:10Z" }));

    it("keeps video and sound, and deletes the original", async () => {
      const recordings = await open({ stored: stored() }, { ffmpeg });
      const { file, bytes } = await recordings.save(await scene.first(), {
        folder: scene.folder,
        format: "mp4",
      });
      assert.deepEqual(await readdir(scene.folder), [path.basename(file)]);
      assert.equal(bytes, (await stat(file)).size);
      const text = await streams(file);
      assert.match(text, /mov,mp4/);
      assert.match(text, /Video: h264.*\n[^]*Audio: aac/);
      assert.ok(Math.abs(seconds(text) - 10) < 0.5, text);
    });

    it("cuts to the requested time span", async () => {
      const recordings = await open({ stored: stored() }, { ffmpeg });
      const cut = { start: "2026-03-02T07:00:04Z", end: "2026-03-02T07:00:07Z" };
      const { file } = await recordings.save(await scene.first(), {
        folder: scene.folder,
        format: "mp4",
        cut,
      });
      const text = await streams(file);
      assert.ok(Math.abs(seconds(text) - 3) <= 1, text);
    });

    it("keeps the original if ffmpeg cannot read it", async () => {
      const recordings = await open({ stored: tenMinutes(1) }, { ffmpeg });
      await assert.rejects(recordings.save(await scene.first(), { folder: scene.folder, format: "mp4" }), {
        code: "FFMPEG_FAILED",
      });
      const left = await readdir(scene.folder);
      assert.equal(left.length, 1);
      assert.match(left[0] ?? "", /\.original\.mpg$/);
    });

    it("downloads nothing without ffmpeg", async () => {
      const recordings = await open({}, { ffmpeg: "/nowhere/ffmpeg" });
      await assert.rejects(recordings.save(await scene.first(), { folder: scene.folder, format: "mp4" }), {
        code: "FFMPEG_MISSING",
      });
      assert.deepEqual(scene.downloads, []);
    });
  });
});
