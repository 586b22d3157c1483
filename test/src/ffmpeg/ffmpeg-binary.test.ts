import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { findFfmpeg } from "../../../src/ffmpeg/ffmpeg-binary";

describe("findFfmpeg", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "ffmpeg-binary-"));
  });
  after(() => rm(folder, { recursive: true }));

  /** Writes a program that prints the version of an ffmpeg for `-version`, and logs each call. */
  async function fakeFfmpeg(name: string, version: string, libavformat: string): Promise<string> {
    const file = path.join(folder, name);
    const banner = `ffmpeg version ${version} Copyright (c)\nlibavutil      57.  1.100 / 57.  1.100\nlibavformat    ${libavformat} / ${libavformat}`;
    await writeFile(file, `#!/bin/sh\necho called >> "$0.log"\ncat <<'END'\n${banner}\nEND\n`);
    await chmod(file, 0o755);
    return file;
  }
  const none = { env: {}, candidates: () => [] };

  it("prefers the setting of the node to FFMPEG_PATH", async () => {
    const setting = await fakeFfmpeg("setting", "6.1.1", "60. 16.100");
    const other = await fakeFfmpeg("env", "7.1", "61.  7.100");
    const found = await findFfmpeg({ ...none, setting, env: { FFMPEG_PATH: other } });
    assert.deepEqual(found, { path: setting, version: "6.1.1", libavformat: [60, 16] });
  });

  it("prefers FFMPEG_PATH to installed programs", async () => {
    const env = await fakeFfmpeg("env-first", "7.1", "61.  7.100");
    const installed = await fakeFfmpeg("installed", "6.0", "60.  3.100");
    const found = await findFfmpeg({ env: { FFMPEG_PATH: env }, candidates: () => [installed] });
    assert.equal(found.path, env);
  });

  it("does not fall back to another program if the path of the user is wrong", async () => {
    const installed = await fakeFfmpeg("fallback", "6.0", "60.  3.100");
    await assert.rejects(
      findFfmpeg({ setting: path.join(folder, "typo"), env: {}, candidates: () => [installed] }),
      { code: "FFMPEG_MISSING" },
    );
  });

  it("skips programs that are missing or too old", async () => {
    const old = await fakeFfmpeg("installed-old", "4.4.2", "58. 76.100");
    const good = await fakeFfmpeg("installed-good", "5.0", "59. 16.100");
    const found = await findFfmpeg({ env: {}, candidates: () => [path.join(folder, "none"), old, good] });
    assert.equal(found.path, good);
  });

  it("names the version that is too old", async () => {
    const old = await fakeFfmpeg("old", "4.4.2-0ubuntu0.22.04.1", "58. 76.100");
    await assert.rejects(findFfmpeg({ env: {}, candidates: () => [old] }), {
      code: "FFMPEG_TOO_OLD",
      message: /4\.4\.2-0ubuntu0\.22\.04\.1.*5\.0/,
    });
  });

  it("reads the age of a git build from its libavformat", async () => {
    const recent = await fakeFfmpeg("git-new", "N-109542-g8bdf6f1", "59. 36.100");
    const ancient = await fakeFfmpeg("git-old", "N-47683-g0e8eb07", "58. 18.100");
    assert.deepEqual((await findFfmpeg({ ...none, setting: recent })).libavformat, [59, 36]);
    await assert.rejects(findFfmpeg({ ...none, setting: ancient }), { code: "FFMPEG_TOO_OLD" });
  });

  it("explains what to install if there is no ffmpeg", async () => {
    await assert.rejects(findFfmpeg(none), { code: "FFMPEG_MISSING", message: /Install ffmpeg 5\.0/ });
  });

  it("rejects a program that is not ffmpeg", async () => {
    await assert.rejects(findFfmpeg({ ...none, setting: process.execPath }), { code: "FFMPEG_MISSING" });
  });

  it("reads the version of each binary once", async () => {
    const setting = await fakeFfmpeg("once", "7.0", "61.  1.100");
    await Promise.all([findFfmpeg({ ...none, setting }), findFfmpeg({ ...none, setting })]);
    await findFfmpeg({ ...none, setting });
    assert.equal(await readFile(`${setting}.log`, "utf8"), "called\n");
  });
});
