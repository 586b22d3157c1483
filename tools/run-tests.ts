/**
 * `npm test`: all checks, or only the tests that the arguments name:
 *
 *     npm test -- test/src/hcp/sign.test.ts      one file
 *     npm test -- test/src/hcp                   a folder
 *     npm test -- src nodes -g "digest"          folders of test/, with mocha's options
 *
 * Tests that need `dist/` build it first if it is stale. Tests that need a server which this machine does not have are
 * skipped, and named at the end.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { buildIfStale } from "./build/package";
import { root } from "./build/paths";
import { npmFile } from "./cache";
import { chooseTests } from "./choose-tests";
import { provideFfmpeg } from "./ffmpeg";

/** A photograph of people in a street, from an MIT-licensed package. @returns the path of the file */
function photograph(): Promise<string> {
  return npmFile({
    spec: "libreyolo-web@0.0.6",
    integrity:
      "sha512-XQtI7vgFVAJPhpd/UWUJidPsnsPEjQ5v9wFtqCra8CZBDLgDzK7toIrCkdC+51lBhhtqyDPQT50+FT+6yLQKpw==",
    file: "assets/parkour.jpg",
  });
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(args: readonly string[]): Promise<void> {
  if (args.length === 0) {
    const { status } = spawnSync("npm", ["run", "test:all"], {
      cwd: root,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    process.exitCode = status ?? 1;
    return;
  }
  const { specs, options, needsBuild } = chooseTests(args, root);
  if (needsBuild) await buildIfStale(say);
  const ffmpeg = await provideFfmpeg();
  const { DETECTOR_MODELS: models, DETECTOR_PICTURE: image } = process.env;

  const mocha = createRequire(__filename).resolve("mocha/bin/mocha.js");
  const { status } = spawnSync(process.execPath, ["--require", "tsx/cjs", mocha, ...specs, ...options], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      FFMPEG_PATH: ffmpeg,
      // The tests of published models need a photograph.
      ...(models !== undefined && { DETECTOR_PICTURE: image ?? (await photograph()) }),
    },
  });
  process.exitCode = status ?? 1;
}

/** Runs the tests with a file in which suites name themselves when they are skipped, and shows it at the end. */
async function mainWithReport(args: readonly string[]): Promise<void> {
  // The outermost run shows the report.
  if (process.env.LEFT_OUT_TESTS !== undefined) return main(args);
  const folder = mkdtempSync(path.join(os.tmpdir(), "left-out-"));
  const report = path.join(folder, "tests");
  writeFileSync(report, "");
  process.env.LEFT_OUT_TESTS = report;
  try {
    await main(args);
    const leftOut = readFileSync(report, "utf8").trimEnd();
    if (leftOut !== "")
      say(`\nLeft out, because this machine lacks a server:\n${leftOut.replace(/^/gm, "  ")}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

mainWithReport(process.argv.slice(2)).catch((thrown: unknown) => {
  say(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 1;
});
