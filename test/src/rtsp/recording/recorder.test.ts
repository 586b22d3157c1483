import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, readdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { parseStreamUrl } from "../../../../src/rtsp/stream-url";
import { provideFfmpeg } from "../../../../tools/ffmpeg";
import { gapsIn, readVideo } from "../../../support/mp4";
import { LENGTH, login, RecorderRig, request } from "./recorder-rig";

const run = promisify(execFile);

describe("Recorder with a real ffmpeg", function () {
  this.timeout(20_000);
  let rig: RecorderRig;
  before(function () {
    this.timeout(120_000);
    return provideFfmpeg();
  });
  afterEach(() => rig.close());

  describe("fails", () => {
    for (const mode of ["off", "clips"] as const) {
      it(`after one login with a wrong password, for any number of clips (${mode})`, async () => {
        rig = await RecorderRig.open({ mode: "off" });
        rig.record({ mode, source: parseStreamUrl(rig.camera.url, { ...login, password: "wrong" }) });
        for (let count = 0; count < 3; count++)
          await assert.rejects(rig.recorder.record(request), { code: "RTSP_UNAUTHORIZED" });
        assert.equal(rig.camera.wrongLogins, 1);
      });
    }

    it("without ffmpeg, and without a camera", async () => {
      rig = await RecorderRig.open({ mode: "off", ffmpeg: "/nowhere/ffmpeg" });
      await assert.rejects(rig.recorder.record(request), { code: "FFMPEG_MISSING" });
      rig.record({ source: parseStreamUrl("rtsp://127.0.0.1:1/none"), mode: "off" });
      const failures: unknown[] = [];
      rig.sourceEvents.on("failure", (error) => failures.push(error));
      await assert.rejects(rig.recorder.record(request), { code: "CONNECTION_REFUSED" });
      // Only the request receives the failure, not the handler.
      assert.deepEqual(failures, []);
    });

    it("on a full disk, and leaves no file", async function () {
      if (process.platform !== "linux") this.skip();
      rig = await RecorderRig.open();
      const unfinished = path.join(rig.folder, "alarm.unfinished.ts");
      await symlink("/dev/full", unfinished);
      await assert.rejects(rig.recorder.record({ ...request, filename: "alarm.mp4" }), {
        code: "FILE_WRITE",
        message: /Free some space/,
      });
      assert.deepEqual(await readdir(rig.folder), []);
      assert.deepEqual(rig.recorded, []);
      await rig.recorder.record(request);
      assert.equal(rig.recorded.length, 1);
    });

    it("without space for the MP4, and keeps the unfinished file", async function () {
      if (process.platform !== "linux") this.skip();
      rig = await RecorderRig.open();
      await symlink("/dev/full", path.join(rig.folder, "alarm.unfinished.mp4"));
      await assert.rejects(rig.recorder.record({ ...request, filename: "alarm.mp4" }), {
        code: "FILE_WRITE",
        message: /kept in .*alarm\.unfinished\.ts/,
      });
      assert.deepEqual(await readdir(rig.folder), ["alarm.unfinished.ts"]);
      await readVideo(rig.ffmpeg, path.join(rig.folder, "alarm.unfinished.ts"));
    });

    it("without a valid folder, and reports the failure of segments once", async () => {
      rig = await RecorderRig.open({ mode: "segments", folder: "/dev/null/recordings" });
      const failures: string[] = [];
      rig.sourceEvents.on("failure", (error) => failures.push(error.code));
      await assert.rejects(rig.recorder.record(request), { code: "FILE_WRITE" });
      await rig.framesSent(50);
      assert.deepEqual(failures, ["FILE_WRITE"]);
    });
  });

  it("records segments without gaps, and finishes the last one on close", async () => {
    rig = await RecorderRig.open({ mode: "segments" });
    for (let count = 0; count < 3; count++) await rig.nextRecorded();
    await rig.recorder.close();
    const videos = await Promise.all(rig.recorded.map(([{ file }]) => readVideo(rig.ffmpeg, file)));
    assert.deepEqual(
      gapsIn(
        videos.flatMap(({ numbers }) => numbers),
        LENGTH,
      ),
      [],
    );
    assert.deepEqual(
      videos.slice(0, -1).map(({ seconds }) => seconds),
      videos.slice(0, -1).map(() => 1),
    );
    const complete = rig.recorded.map(([segment]) => segment.complete);
    assert.deepEqual(complete, [...complete.slice(0, -1).map(() => true), false]);
    assert.ok(rig.recorded.every(([{ kind }, trigger]) => kind === "segment" && trigger === undefined));
    assert.equal((await rig.files()).length, rig.recorded.length);
  });

  it("records a clip during segments", async () => {
    rig = await RecorderRig.open({ mode: "segments" });
    await rig.nextRecorded();
    await rig.recorder.record(request);
    const clip = rig.recorded.find(([{ kind }]) => kind === "clip")?.[0];
    assert.deepEqual(gapsIn((await readVideo(rig.ffmpeg, clip?.file ?? "")).numbers, LENGTH), []);
  });

  it("deletes segments above the limit, except the newest", async () => {
    rig = await RecorderRig.open({ mode: "segments", maxBytes: 1 });
    for (let count = 0; count < 3; count++) {
      const { file } = await rig.nextRecorded();
      // The recorder deletes segments after the event.
      await new Promise(setImmediate);
      await access(file);
    }
    await rig.recorder.close();
    const [last] = rig.recorded.at(-1) ?? [];
    assert.deepEqual(await rig.files(), [path.relative(rig.folder, last?.file ?? "")]);
  });

  it("shows a write failure as long as it lasts, and reports each new one", async () => {
    rig = await RecorderRig.open({ mode: "segments" });
    const failures: string[] = [];
    rig.sourceEvents.on("failure", ({ code }) => failures.push(code));
    const faults: (string | undefined)[] = [];
    rig.sourceEvents.on("state", (state) =>
      faults.push(state.kind === "failed" ? state.error.code : undefined),
    );
    const breakOne = async (): Promise<void> => {
      const count = failures.length;
      while (failures.length === count) {
        for (const name of await rig.files())
          if (name.endsWith(".unfinished.ts")) await rm(path.join(rig.folder, name), { force: true });
        await rig.framesSent(1);
      }
      assert.equal(rig.recorder.statistics.lastError?.code, "FFMPEG_FAILED");
    };
    await rig.nextRecorded();
    await breakOne();
    await rig.nextRecorded();
    assert.equal(rig.recorder.statistics.lastError, undefined);
    await breakOne();
    assert.deepEqual(failures, ["FFMPEG_FAILED", "FFMPEG_FAILED"]);
    assert.ok(faults.includes("FFMPEG_FAILED") && faults.includes(undefined));
  });

  it("restarts with a new file if the camera hangs", async () => {
    rig = await RecorderRig.open({ mode: "segments", segment: 60, stallTimeout: 1 });
    await rig.connected();
    await rig.framesSent(10);
    rig.camera.freeze();
    const { complete, file } = await rig.nextRecorded();
    assert.equal(complete, false);
    await readVideo(rig.ffmpeg, file);
    rig.camera.thaw();
    await rig.connected();
  });

  it("shows no credentials in the list of processes", async () => {
    rig = await RecorderRig.open();
    await rig.connected();
    const { stdout } = await run("ps", ["-A", "-ww", "-o", "args"]);
    assert.ok(stdout.includes("mpegts"));
    assert.ok(!stdout.includes("Pa%3Ass") && !stdout.includes("Pa:ss") && !stdout.includes(login.username));
  });

  it("closes within two seconds while the camera hangs, with a finished clip", async () => {
    rig = await RecorderRig.open();
    await rig.connected();
    await rig.framesSent(10);
    const clip = rig.recorder.record({ ...request, postRoll: 60 });
    await rig.framesSent(5);
    rig.camera.freeze();
    await Promise.all([rig.recorder.close(), clip]);
    await readVideo(rig.ffmpeg, rig.only.file);
    assert.equal((await rig.files()).length, 1);
  }).timeout(5000);
});
