import assert from "node:assert/strict";
import { runFfmpeg } from "../../../src/ffmpeg/run-ffmpeg";
import { provideFfmpeg } from "../../../tools/ffmpeg";

describe("runFfmpeg", function () {
  this.timeout(30_000);
  let ffmpeg: string;
  before(async () => {
    ffmpeg = await provideFfmpeg();
  });
  const sine = (seconds: number, ...more: string[]): string[] => [
    ...[...more, "-f", "lavfi", "-i", `sine=duration=${seconds}:sample_rate=8000`],
    ...["-f", "s16le", "pipe:1"],
  ];

  it("returns the output of ffmpeg", async () => {
    assert.equal((await runFfmpeg({ ffmpeg, args: sine(1), maxOutput: 20_000 })).length, 16_000);
  });

  it("kills ffmpeg if its output exceeds the limit", async () => {
    await assert.rejects(runFfmpeg({ ffmpeg, args: sine(3600), maxOutput: 20_000 }), { code: "TOO_LARGE" });
  });

  it("stops when the signal is aborted, even before the start", async () => {
    const controller = new AbortController();
    const running = runFfmpeg({ ffmpeg, args: sine(3600, "-re"), maxOutput: 1e9, signal: controller.signal });
    setImmediate(() => {
      controller.abort();
    });
    await assert.rejects(running, { code: "CLOSED" });
    await assert.rejects(runFfmpeg({ ffmpeg, args: sine(1), signal: controller.signal }), { code: "CLOSED" });
  });

  it("reports the standard error of ffmpeg", async () => {
    await assert.rejects(runFfmpeg({ ffmpeg, args: ["-i", "file:/nowhere", "-f", "null", "-"] }), {
      code: "FFMPEG_FAILED",
      message: /No such file/,
    });
  });

  it("reports a full disk", async function () {
    if (process.platform !== "linux") this.skip();
    const args = ["-f", "lavfi", "-i", "sine=duration=60", "-f", "wav", "file:/dev/full"];
    await assert.rejects(runFfmpeg({ ffmpeg, args }), { code: "FILE_WRITE" });
  });
});
