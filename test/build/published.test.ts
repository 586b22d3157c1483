import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { checkApi } from "../../tools/api-report";
import { tarball } from "../support/world";

const run = promisify(execFile);
const modules = path.resolve(__dirname, "../../node_modules");

/** Programs rely on these: every subpath resolves with its types, and the types change only on purpose. */
describe("the packed package's exports", function () {
  this.timeout(60_000);

  it("pass publint", async () => {
    const { stdout } = await run(process.execPath, [
      path.join(modules, "publint/src/cli.js"),
      "--strict",
      await tarball(),
    ]);
    // Suggestions leave the exit code at 0.
    assert.match(stdout, /All good!/);
  });

  it("resolve with types from CommonJS, from ES modules, in bundlers and in older compilers", async () => {
    await run(process.execPath, [
      path.join(modules, "@arethetypeswrong/cli/dist/index.js"),
      "--quiet",
      await tarball(),
    ]);
  });

  it("match the reports in docs/api; `npm run api` accepts a change", async () => {
    const { changed, problems } = await checkApi({ accept: false });
    assert.deepEqual(problems, []);
    assert.deepEqual(changed, []);
  });
});
