import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { runFfmpeg } from "../../../src/ffmpeg/run-ffmpeg";
import { encodeClip } from "../../../src/isapi/audio/clip";

describe("encodeClip with a sound from outside", function () {
  this.timeout(30_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "sound-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const tone = ["-f", "lavfi", "-i", "sine=duration=0.2"];

  for (const end of ["wav", "mp3", "m4a", "aac", "flac", "ogg", "aiff", "au", "mkv", "ts"]) {
    it(`reads ${end}`, async () => {
      const file = path.join(folder, `tone.${end}`);
      // Not every ffmpeg has an encoder for Vorbis.
      await runFfmpeg({ args: [...tone, ...(end === "ogg" ? ["-c:a", "flac"] : []), file] });
      assert.ok((await encodeClip(file, "G.711ulaw", {})).length >= 1500);
    });
  }

  it("opens no file that a playlist names", async () => {
    const secret = path.join(folder, "secret.wav");
    await runFfmpeg({ args: [...tone, secret] });
    const list = path.join(folder, "clip.wav");
    await writeFile(list, "ffconcat version 1.0\nfile secret.wav\n");
    await assert.rejects(encodeClip(list, "G.711ulaw", {}), { code: "FFMPEG_FAILED" });
  });
});
