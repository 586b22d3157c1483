import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chooseTests } from "../../tools/choose-tests";
import { buildSources, isBuildFresh, stampBuild } from "../../tools/build/fresh";

const root = path.resolve(__dirname, "../..");
const thisFile = "test/tools/alarm-line.test.ts";

describe("chooseTests", () => {
  const choose = (...args: string[]): unknown => chooseTests(args, root);

  it("accepts every spelling of the path of a file", () => {
    for (const written of [thisFile, `./${thisFile}`, "tools/alarm-line.test.ts", path.join(root, thisFile)])
      assert.deepEqual(choose(written), { specs: [thisFile], options: [], needsBuild: false });
  });

  it("accepts folders by path and by their name in test/", () => {
    assert.deepEqual(choose("test/src/hcp", "servers/"), {
      specs: ["test/src/hcp/**/*.test.ts", "test/servers/**/*.test.ts"],
      options: [],
      needsBuild: false,
    });
  });

  it("runs the tests on the sources when there are only options", () => {
    assert.deepEqual(choose("--bail"), {
      specs: ["src", "nodes", "servers", "tools", "fuzz"].map((folder) => `test/${folder}/**/*.test.ts`),
      options: ["--bail"],
      needsBuild: false,
    });
  });

  it("passes options and their values to mocha", () => {
    const { specs, options } = chooseTests(["-g", "nodes", "src", "--timeout", "5000"], root);
    assert.deepEqual(specs, ["test/src/**/*.test.ts"]);
    assert.deepEqual(options, ["-g", "nodes", "--timeout", "5000"]);
  });

  it("needs a build for tests that read dist/", () => {
    for (const place of ["build", "test/dev", "package", "test/browser", "test/acceptance/site.test.ts"])
      assert.equal(chooseTests([place], root).needsBuild, true, place);
  });

  it("rejects a test that does not exist", () => {
    for (const place of ["test/src/none.test.ts", "test/none", "none"])
      assert.throws(() => choose(place), new RegExp(`^Error: Test not found: ${place}\\. `));
  });
});

describe("isBuildFresh", () => {
  let folder: string;
  const at = (seconds: number, ...parts: string[]): void => {
    utimesSync(path.join(folder, ...parts), seconds, seconds);
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), "fresh-"));
    for (const name of ["src/hcp", "nodes", "icons", "locales", "tools/build", "dist"])
      mkdirSync(path.join(folder, name), { recursive: true });
    for (const name of ["src/hcp/a.ts", "tsconfig.base.json"]) writeFileSync(path.join(folder, name), "");
    for (const name of ["src/hcp/a.ts", "src/hcp", ...buildSources]) at(1000, name);
    await stampBuild(folder, new Date(1_001_000));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is true after a build", async () => {
    assert.equal(await isBuildFresh(folder), true);
  });

  it("is false after an incomplete build", async () => {
    rmSync(path.join(folder, "dist/.built"));
    assert.equal(await isBuildFresh(folder), false);
  });

  it("is false without a build", async () => {
    rmSync(path.join(folder, "dist"), { recursive: true });
    assert.equal(await isBuildFresh(folder), false);
  });

  it("is false after a change of a file in a folder", async () => {
    at(1002, "src/hcp/a.ts");
    assert.equal(await isBuildFresh(folder), false);
  });

  it("is false after the removal of a file", async () => {
    rmSync(path.join(folder, "src/hcp/a.ts"));
    assert.equal(await isBuildFresh(folder), false);
  });
});

describe("npm test -- FILE", () => {
  it("runs only this file, and fails when mocha fails", function () {
    this.timeout(60_000);
    const run = (...args: string[]): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, ["-r", "tsx/cjs", path.join(root, "tools/run-tests.ts"), ...args], {
        encoding: "utf8",
      });
    const passing = run(thisFile, "--reporter", "json");
    assert.equal(passing.status, 0, String(passing.stderr));
    const { stats, passes } = JSON.parse(String(passing.stdout)) as {
      stats: { suites: number };
      passes: { file: string }[];
    };
    assert.equal(stats.suites, 1);
    assert.deepEqual(
      passes.map(({ file }) => file),
      [path.join(root, thisFile)],
    );
    assert.equal(run(thisFile, "-g", "no test has this name", "--fail-zero").status, 1);
  });
});
