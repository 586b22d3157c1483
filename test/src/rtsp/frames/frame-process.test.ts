import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { FrameProcess, type TimedFrame } from "../../../../src/rtsp/frames/frame-process";
import type { ProcessEnd } from "../../../../src/ffmpeg/ffmpeg-process";

/** Shell scripts replace ffmpeg here. The real program is in real-video.test.ts. */
describe("FrameProcess", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "frame-process-"));
    const header = "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n";
    const frames = Array.from(
      { length: 20 },
      (_, index) => `${header}abcde${String.fromCharCode(65 + index)}`,
    );
    await writeFile(path.join(folder, "frames"), frames.join(""));
  });
  after(() => rm(folder, { recursive: true }));

  interface Played {
    frames: TimedFrame[];
    dropped: number;
    sizeChanges: number;
    process: FrameProcess;
    end: Promise<ProcessEnd>;
    firstFrame: Promise<TimedFrame>;
  }

  async function play(script: string): Promise<Played> {
    const file = path.join(folder, "ffmpeg");
    await writeFile(file, `#!/bin/sh\ncd '${folder}'\n${script}\n`);
    await chmod(file, 0o755);
    const end = deferred<ProcessEnd>();
    const firstFrame = deferred<TimedFrame>();
    const played: Omit<Played, "process"> = {
      ...{ frames: [], dropped: 0, sizeChanges: 0 },
      ...{ end: end.promise, firstFrame: firstFrame.promise },
    };
    const process = new FrameProcess(
      { path: file, version: "7.0", libavformat: [61, 1] },
      { url: "rtsp://user:hush@cam/1", name: "cam/1", secrets: ["hush"] },
      { transport: "tcp", fps: 1, format: "rgb", hwaccel: "none", timeout: 5 },
      {
        onFrame: (frame) => {
          played.frames.push(frame);
          firstFrame.resolve(frame);
        },
        onDropped: (count) => (played.dropped += count),
        onSizeChange: () => played.sizeChanges++,
        onEnd: end.resolve,
      },
    );
    return Object.assign(played, { process });
  }

  it("delivers only the newest of the frames that arrive together", async () => {
    const played = await play("cat frames");
    await played.end;
    assert.deepEqual(
      played.frames.map(({ data }) => data.toString()),
      ["abcdeT"],
    );
    assert.equal(played.dropped, 19);
  });

  it("delivers the newest frame with its own time", async () => {
    const now = Date.now() - 5000;
    const lines = Array.from({ length: 20 }, (_, index) => `frame:${index} pts:${(now + index) * 1000}`).join(
      "\\n",
    );
    const played = await play(`printf '${lines}\\n' >&3; cat frames`);
    await played.end;
    assert.equal(played.frames[0]?.time, now + 19);
  });

  it("uses the time of arrival for a frame without a wall clock time", async () => {
    for (const line of ["", "frame:19 pts:4000000"]) {
      const before = Date.now();
      const played = await play(`printf '${line}\\n' >&3; cat frames`);
      await played.end;
      const time = played.frames[0]?.time ?? 0;
      assert.ok(time >= before && time <= Date.now());
    }
  });

  it("delivers no frame after a change of the image size", async () => {
    const played = await play(`printf 'frame:0 pts:1\\nframe:0 pts:2\\n' >&3; cat frames`);
    await played.end;
    assert.deepEqual([played.frames.length, played.sizeChanges], [0, 1]);
  });

  it("passes the URL on standard input, not in the arguments", async () => {
    const played = await play(`grep -c hush - >&2; echo "$*" | grep -c hush >&2`);
    assert.equal((await played.end).stderrTail, "1; 0");
  });

  it("reports the end and the last output of the program, redacted and limited", async () => {
    const noise = `i=0; while [ $i -lt 3000 ]; do echo "line $i of rtsp://user:hush@cam/1"; i=$((i+1)); done >&2`;
    const { ending, stderrTail } = await (await play(`${noise}; exit 8`)).end;
    assert.equal(ending, "exit code 8");
    assert.ok(stderrTail.endsWith("line 2999 of rtsp://***@cam/1"));
    assert.ok(stderrTail.length <= 2000 && !stderrTail.includes("hush"));
  });

  it("stops a program that ignores signals", async () => {
    const played = await play("trap '' TERM; cat frames; while :; do sleep 0.1; done");
    await played.firstFrame;
    await played.process.stop();
    assert.equal((await played.end).ending, "signal SIGKILL");
  }).timeout(4000);

  it("reports a program that does not start", async () => {
    const played = await play("exit 0");
    await played.end;
    await rm(path.join(folder, "ffmpeg"));
    const end = deferred<ProcessEnd>();
    new FrameProcess(
      { path: path.join(folder, "ffmpeg"), version: "7.0", libavformat: [61, 1] },
      { url: "rtsp://cam/1", name: "cam/1", secrets: [] },
      { transport: "tcp", fps: 1, format: "rgb", hwaccel: "none", timeout: 5 },
      { onFrame: fail, onDropped: fail, onSizeChange: fail, onEnd: end.resolve },
    );
    assert.equal((await end.promise).ending, "exit code 127");
  });
});

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = fail;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function fail(): never {
  assert.fail("unexpected event");
}
