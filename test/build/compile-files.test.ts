import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { dist, root } from "../../tools/build/paths";
import { compileFiles, isRuntime } from "../../tools/build/runtime";

describe("compileFiles of npm run dev", () => {
  it("writes the same files as the complete build", async () => {
    const files = await runtimeFiles();
    assert.ok(files.length > 100);
    const before = await compiled(files);
    await compileFiles(files);
    assert.deepEqual(await compiled(files), before);
  }).timeout(120_000);
});

async function runtimeFiles(): Promise<string[]> {
  const found = await Promise.all(
    ["src", "nodes"].map(async (folder) =>
      (await readdir(path.join(root, folder), { recursive: true })).map((file) => path.join(folder, file)),
    ),
  );
  return found
    .flat()
    .map((file) => file.split(path.sep).join("/"))
    .filter(isRuntime);
}

function compiled(files: readonly string[]): Promise<string[]> {
  return Promise.all(files.map((file) => readFile(path.join(dist, file.replace(/\.ts$/, ".js")), "utf8")));
}
