import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = path.resolve(__dirname, "../../..");

/** Takes all file descriptors before it starts ffmpeg. */
const PROGRAM = `
  const { closeSync, openSync } = require("node:fs");
  const { FfmpegProcess } = require("./src/ffmpeg/ffmpeg-process");
  const onEnd = (end) => process.stdout.write(JSON.stringify(end));
  const taken = [];
  try { for (;;) taken.push(openSync("/dev/null")); } catch {}
  const ffmpeg = new FfmpegProcess({ path: "ffmpeg" }, { args: [], onEnd });
  for (const each of taken) closeSync(each);
  ffmpeg.extra.resume();
  ffmpeg.stdout.resume();`;

describe("spawnGuarded", () => {
  it("reports a program that cannot start because too many files are open", async function () {
    if (process.platform === "win32") this.skip();
    const limited = ["-c", 'ulimit -n 64; exec "$@"', "sh"];
    const { stdout } = await run(
      "/bin/sh",
      [...limited, process.execPath, "--require", "tsx/cjs", "--eval", PROGRAM],
      { cwd: root },
    );
    assert.deepEqual(JSON.parse(stdout), { ending: "did not start", stderrTail: "spawn /bin/sh EMFILE" });
  });
});
