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
    // A folder is a package that npm packs without asking any registry.
    spec = path.join(work, "thing");
    await mkdir(spec);
    await writeFile(path.join(spec, "package.json"), JSON.stringify({ name: "thing", version: "1.0.0" }));
    await writeFile(path.join(spec, "model.bin"), "weights");
  });

  after(() => rm(work, { recursive: true, force: true }));

  it("refuses a tarball whose checksum is another, and keeps nothing of it", async () => {
    await assert.rejects(npmFile({ spec, integrity: "sha512-else", file: "model.bin" }, cache), /checksum/);
    assert.deepEqual(await readdir(cache), []);
  });

  it("unpacks the file of a tarball whose checksum fits, and finds it again without packing", async () => {
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
