import assert from "node:assert/strict";
import { SurveillanceError } from "../../../../src/core/errors";
import { Clips, type ClipRequest } from "../../../../src/rtsp/recording/clips";
import { PreRoll } from "../../../../src/rtsp/recording/pre-roll";
import { ManualClock } from "../../../support/manual-clock";
import { FakeFile, frameAt } from "./growing-file";

const request: ClipRequest = { preRoll: 2, postRoll: 3 };
const broken = new SurveillanceError("RTSP_FAILED", "broken");

interface Closed {
  frames: string;
  complete: boolean;
  trigger: unknown;
  number: number;
}

/** A stream with two frames per second. The frames at whole seconds are keyframes. */
class Scene {
  readonly clock = new ManualClock("1970-01-01T00:00:00Z");
  readonly preRoll = new PreRoll(10);
  readonly closed: Closed[] = [];
  readonly failed: unknown[] = [];
  readonly active: boolean[] = [];
  files: FakeFile[] = [];
  failing: Error | undefined;
  readonly clips = new Clips({
    clock: this.clock,
    preRoll: this.preRoll,
    open: () => {
      const file = new FakeFile(`${this.files.length + 1}`);
      this.files.push(file);
      return file;
    },
    close: (file, complete, { trigger }) => {
      const { frames } = file as FakeFile;
      const span = `${frames[0] ?? ""}-${frames.at(-1) ?? ""}`;
      this.closed.push({ frames: span, complete, trigger, number: Number(file.file) });
      const failure = this.failing ?? file.failure;
      return failure === undefined ? Promise.resolve() : Promise.reject(failure);
    },
    failed: (error) => this.failed.push(error),
    active: (active) => this.active.push(active),
  });

  /** Plays the stream until a second. */
  play(until: number): void {
    while (this.clock.now() < until * 1000) {
      this.clock.advance(0.5);
      const part = frameAt(this.clock.now() / 1000);
      this.preRoll.push(part);
      this.clips.push(part);
    }
  }
}

describe("Clips", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });

  it("contain the seconds before the trigger, from a keyframe on, and after it", async () => {
    scene.play(10.5);
    const recorded = scene.clips.record({ ...request, trigger: "alarm" });
    scene.play(20);
    await recorded;
    assert.deepEqual(scene.closed, [{ frames: "8-13", complete: true, trigger: "alarm", number: 1 }]);
    assert.deepEqual(scene.files[0]?.frames.length, 11);
    assert.deepEqual(scene.active, [true, false]);
  });

  it("last until some time after the last trigger, with one clip for all triggers", async () => {
    scene.play(5);
    const triggers = [scene.clips.record({ ...request, trigger: "first" })];
    scene.play(7);
    triggers.push(scene.clips.record({ ...request, trigger: "second" }));
    scene.play(12);
    await Promise.all(triggers);
    assert.deepEqual(scene.closed, [{ frames: "3-9.5", complete: true, trigger: "first", number: 1 }]);
  });

  it("are not shortened by a trigger with a shorter post-roll", () => {
    scene.play(5);
    void scene.clips.record({ ...request, postRoll: 8 });
    void scene.clips.record({ ...request, postRoll: 1 });
    scene.play(20);
    assert.equal(scene.closed[0]?.frames, "3-12.5");
  });

  it("use the longest post-roll of the triggers before the first frame", () => {
    void scene.clips.record({ ...request, postRoll: 2 });
    void scene.clips.record({ ...request, postRoll: 6 });
    void scene.clips.record({ ...request, postRoll: 1 });
    scene.play(10);
    assert.equal(scene.closed[0]?.frames, "1-6.5");
  });

  it("begin with the first keyframe if there is no pre-roll, and end after the post-roll", () => {
    void scene.clips.record(request);
    scene.play(10);
    assert.equal(scene.closed[0]?.frames, "1-3.5");
  });

  it("continue in the next file without a gap if they get too long", async () => {
    scene.play(1);
    const first = scene.clips.record({ ...request, trigger: "first" });
    for (let second = 2; second < 700; second += 2) {
      scene.play(second);
      void scene.clips.record({ ...request, trigger: second });
    }
    scene.play(720);
    await first;
    assert.deepEqual(scene.closed, [
      { frames: "1-600.5", complete: true, trigger: "first", number: 1 },
      { frames: "601-700.5", complete: true, trigger: 600, number: 2 },
    ]);
  });

  it("end if the stream breaks off, and continue in the next file if it comes back in time", async () => {
    scene.play(5);
    const recorded = scene.clips.record({ ...request, postRoll: 20, trigger: "alarm" });
    scene.play(8);
    assert.equal(scene.clips.interrupt(broken), false);
    await recorded;
    scene.clock.advance(4);
    scene.play(30);
    assert.deepEqual(scene.closed, [
      { frames: "3-8", complete: false, trigger: "alarm", number: 1 },
      { frames: "13-24.5", complete: true, trigger: "alarm", number: 2 },
    ]);
  });

  it("end if the stream does not come back in time", () => {
    scene.play(5);
    void scene.clips.record(request);
    scene.play(6);
    scene.clips.interrupt(broken);
    scene.clock.advance(2);
    assert.deepEqual(scene.active, [true, false]);
    scene.play(20);
    assert.equal(scene.closed.length, 1);
  });

  it("fail with the failure of the stream if there is no frame", async () => {
    const recorded = scene.clips.record(request);
    assert.equal(scene.clips.interrupt(broken), true);
    await assert.rejects(recorded, { code: "RTSP_FAILED" });
    assert.deepEqual(scene.active, [true, false]);
  });

  it("reject a trigger without a stream if the stream does not come back", async () => {
    scene.play(5);
    void scene.clips.record(request);
    scene.clips.interrupt(broken);
    scene.clock.advance(1);
    const late = scene.clips.record(request);
    scene.clock.advance(2);
    assert.equal(scene.active.at(-1), true);
    scene.clock.advance(1);
    await assert.rejects(late, { code: "RTSP_FAILED" });
  });

  it("end at once if the file cannot be written, and reject all pending triggers", async () => {
    scene.play(5);
    const waiting = [scene.clips.record(request), scene.clips.record(request)];
    const [file] = scene.files;
    assert.ok(file !== undefined);
    file.failure = new SurveillanceError("FILE_WRITE", "full");
    scene.play(5.5);
    for (const recorded of waiting) await assert.rejects(recorded, { code: "FILE_WRITE" });
    assert.deepEqual(scene.failed, []);
    void scene.clips.record(request);
    assert.equal(scene.files.length, 2);
  });

  it("report a failure without pending triggers", async () => {
    scene.play(5);
    const recorded = scene.clips.record({ ...request, postRoll: 20 });
    scene.clips.interrupt(undefined);
    await recorded;
    scene.failing = new Error("no space");
    scene.play(30);
    await new Promise(setImmediate);
    assert.equal((scene.failed[0] as Error).message, "no space");
  });

  it("contain the frames so far when the stream is stopped", async () => {
    scene.play(5);
    const recorded = scene.clips.record(request);
    scene.play(6);
    scene.clips.stop();
    await recorded;
    assert.deepEqual(scene.closed[0]?.complete, false);
    const pending = new Scene().clips;
    const none = pending.record(request);
    pending.stop();
    await assert.rejects(none, { code: "CLOSED" });
  });

  it("limit the pending triggers to 1000, but are extended by all", async () => {
    scene.play(5);
    for (let count = 0; count < 1000; count++) scene.clips.record(request).catch(() => undefined);
    scene.play(7);
    await assert.rejects(scene.clips.record(request), { code: "QUEUE_FULL" });
    scene.play(20);
    assert.equal(scene.closed[0]?.frames, "3-9.5");
  });
});
