import assert from "node:assert/strict";
import { SurveillanceError } from "../../../../src/core/errors";
import type { FrameProcessEvents } from "../../../../src/rtsp/frames/frame-process";
import {
  FrameStream,
  type Frame,
  type FrameRate,
  type FrameStreamOptions,
} from "../../../../src/rtsp/frames/frame-stream";
import type { RunningProcess } from "../../../../src/rtsp/stream-keeper";
import { SourceEvents } from "../../../support/source-events";
import { ManualClock } from "../../../support/manual-clock";

const options: FrameStreamOptions = {
  source: { url: "rtsp://u:p@cam/1", name: "cam/1", secrets: ["p"] },
  transport: "tcp",
  fps: 1,
  format: "rgb",
  hwaccel: "none",
  stallTimeout: 10,
};
const binary = { path: "ffmpeg", version: "7.0", libavformat: [61, 1] as const };

/** A run of ffmpeg, controlled by a test. */
class Run implements RunningProcess {
  stopped = false;
  constructor(readonly events: FrameProcessEvents) {}

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }

  frame(time = 0): void {
    this.events.onFrame({ data: Buffer.alloc(3), width: 1, height: 1, time });
  }

  end(stderrTail: string): void {
    this.events.onEnd({ stderrTail, ending: "exit code 0" });
  }
}

describe("FrameStream", () => {
  let clock: ManualClock;
  let runs: Run[];
  let frames: Frame[];
  let failures: string[];

  function create(
    more: Partial<FrameStreamOptions> = {},
    find = () => Promise.resolve<typeof binary>(binary),
  ) {
    clock = new ManualClock();
    runs = [];
    frames = [];
    failures = [];
    const run = (_binary: unknown, _source: unknown, _options: unknown, events: FrameProcessEvents): Run => {
      const next = new Run(events);
      runs.push(next);
      return next;
    };
    const sourceEvents = new SourceEvents<Frame, FrameRate>();
    sourceEvents.on("event", (frame) => frames.push(frame));
    sourceEvents.on("failure", (error) => failures.push(error.code));
    return new FrameStream({ ...options, ...more }, sourceEvents, { clock, random: () => 0.5, find, run });
  }
  /** Runs all pending callbacks, because ffmpeg is found and stopped asynchronously. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  /** Returns the current run. */
  function current(): Run {
    const run = runs.at(-1);
    assert.ok(run !== undefined && !run.stopped);
    return run;
  }

  it("numbers the frames, and reports their times", async () => {
    create({ camera: "gate" }).start();
    await settle();
    current().frame(Date.parse("2026-03-02T08:00:01.250Z"));
    current().events.onDropped(2);
    current().frame();
    assert.deepEqual(frames[0]?.info, {
      index: 0,
      time: "2026-03-02T08:00:01.250Z",
      width: 1,
      height: 1,
      format: "rgb",
      channels: 3,
      camera: "gate",
    });
    assert.equal(frames[1]?.info.index, 3);
  });

  it("restarts if no frame arrives within the stall timeout", async () => {
    const stream = create();
    stream.start();
    await settle();
    const first = current();
    first.frame();
    clock.advance(9.9);
    assert.equal(first.stopped, false);
    clock.advance(0.1);
    await settle();
    assert.ok(first.stopped);
    assert.deepEqual(failures, ["RTSP_TIMEOUT"]);
    clock.advance(1);
    await settle();
    current().frame();
    assert.equal(stream.statistics.state, "streaming");
    assert.equal(stream.statistics.restarts, 1);
    assert.equal(frames.at(-1)?.info.index, 1);
  });

  it("extends the timeout for a slow rate and for the first frame", async () => {
    create({ fps: 0.1 }).start();
    await settle();
    clock.advance(19);
    current().frame();
    clock.advance(29);
    assert.equal(current().stopped, false);
    assert.deepEqual(failures, []);
  });

  it("treats exit code 0 as a failure, with growing pauses up to 10 s", async () => {
    create().start();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      await settle();
      const count = runs.length;
      current().end("Connection refused");
      let seconds = 0;
      while (runs.length === count) {
        clock.advance(1);
        seconds++;
        await settle();
      }
      pauses.push(seconds);
    }
    assert.deepEqual(pauses, [1, 2, 4, 8, 10, 10, 10, 10]);
    assert.deepEqual(failures, ["CONNECTION_REFUSED"]);
  });

  it("forgets pauses and errors after a minute without failures", async () => {
    create().start();
    await settle();
    for (const pause of [1, 2]) {
      current().end("Connection refused");
      clock.advance(pause);
      await settle();
    }
    for (let second = 0; second <= 60; second++) {
      current().frame();
      clock.advance(1);
    }
    current().end("Connection refused");
    clock.advance(1);
    await settle();
    current();
    assert.deepEqual(failures, ["CONNECTION_REFUSED", "CONNECTION_REFUSED"]);
  });

  it("does not repeat a wrong login for 15 minutes", async () => {
    create().start();
    await settle();
    current().end("401 Unauthorized");
    clock.advance(899);
    await settle();
    assert.equal(runs.length, 1);
    clock.advance(1);
    await settle();
    assert.equal(runs.length, 2);
  });

  it("restarts at once for a new image size, but pauses if this repeats", async () => {
    create().start();
    await settle();
    current().frame();
    clock.advance(6);
    current().events.onSizeChange();
    clock.advance(0);
    await settle();
    assert.equal(runs.length, 2);
    current().events.onSizeChange();
    clock.advance(0.9);
    await settle();
    assert.equal(runs.length, 2);
    clock.advance(0.1);
    await settle();
    assert.equal(runs.length, 3);
    assert.deepEqual(failures, []);
  });

  it("ignores events of a run after its end", async () => {
    const stream = create();
    stream.start();
    await settle();
    const run = current();
    await stream.stop();
    run.frame();
    run.end("");
    assert.deepEqual(
      [frames.length, failures.length, stream.statistics.state, clock.pending],
      [0, 0, "stopped", 0],
    );
  });

  it("does not start ffmpeg if it is stopped during the search for ffmpeg", async () => {
    const stream = create();
    stream.start();
    await stream.stop();
    await settle();
    assert.equal(runs.length, 0);
  });

  it("repeats the search if ffmpeg is missing", async () => {
    let installed = false;
    const find = (): Promise<typeof binary> =>
      installed ? Promise.resolve(binary) : Promise.reject(new SurveillanceError("FFMPEG_MISSING", "none"));
    const stream = create({}, find);
    stream.start();
    await settle();
    assert.deepEqual(failures, ["FFMPEG_MISSING"]);
    assert.equal(stream.statistics.lastError?.code, "FFMPEG_MISSING");
    installed = true;
    clock.advance(1);
    await settle();
    current();
  });
});
