import assert from "node:assert/strict";
import { once } from "node:events";
import path from "node:path";
import { parseStreamUrl } from "../../../../src/rtsp/stream-url";
import { provideFfmpeg } from "../../../../tools/ffmpeg";
import { BurstyNetwork } from "../../../support/bursty-network";
import { numberedClip } from "../../../support/clips";
import { gapsIn, readVideo } from "../../../support/mp4";
import { LENGTH, login, RecorderRig, request } from "./recorder-rig";

describe("clips of a Recorder with a real ffmpeg", function () {
  this.timeout(20_000);
  let rig: RecorderRig;
  before(function () {
    this.timeout(120_000);
    return provideFfmpeg();
  });
  afterEach(() => rig.close());

  for (const transport of ["tcp", "udp"] as const) {
    it(`contain the frames before the trigger, without gaps and duplicates, over ${transport}`, async () => {
      rig = await RecorderRig.open({ transport });
      await rig.connected();
      await rig.framesSent(40);
      const before = rig.sent;
      await rig.recorder.record({ ...request, trigger: "alarm" });
      const clip = rig.only;
      const { numbers, steps, seconds } = await readVideo(rig.ffmpeg, clip.file);
      assert.deepEqual(gapsIn(numbers, LENGTH), []);
      assert.ok((before - (numbers[0] ?? 0) + LENGTH) % LENGTH >= 20, `${numbers[0] ?? ""} before ${before}`);
      assert.ok(((numbers.at(-1) ?? 0) - before + LENGTH) % LENGTH >= 10);
      assert.deepEqual([...new Set(steps)], [3600]);
      assert.equal(seconds, numbers.length / 25);
      assert.equal(clip.seconds, seconds);
      assert.equal(Date.parse(clip.end) - Date.parse(clip.start), seconds * 1000);
      assert.deepEqual([clip.kind, clip.camera, clip.codec, clip.complete], ["clip", "gate", "h264", true]);
      assert.equal(rig.recorded[0]?.[1], "alarm");
    });
  }

  it("use a separate file for each connection", async () => {
    rig = await RecorderRig.open({ preRoll: 10 });
    await rig.connected();
    await rig.framesSent(40);
    await rig.camera.close();
    await rig.sourceEvents.next("connecting");
    const clip = rig.recorder.record({ preRoll: 10, postRoll: 60 });
    await Promise.all([clip, rig.camera.open()]);
    await rig.connected();
    await rig.framesSent(20);
    await rig.recorder.close();
    assert.equal(rig.recorded.length, 2);
    for (const [{ file, seconds, complete }] of rig.recorded) {
      const { numbers, seconds: real } = await readVideo(rig.ffmpeg, file);
      assert.deepEqual(gapsIn(numbers, LENGTH), []);
      assert.deepEqual([real, complete], [seconds, false]);
    }
  });

  it("with the same name do not disturb each other", async () => {
    rig = await RecorderRig.open();
    await rig.connected();
    await rig.framesSent(40);
    const named = { preRoll: 0, postRoll: 0.2, filename: "last.mp4" };
    const first = rig.recorder.record(named);
    while (rig.recorded.length === 0 && rig.recorder.statistics.recording) await rig.framesSent(1);
    await Promise.all([first, rig.recorder.record(named)]);
    assert.deepEqual(await rig.files(), ["last.mp4"]);
    const { seconds } = await readVideo(rig.ffmpeg, path.join(rig.folder, "last.mp4"));
    assert.equal(seconds, rig.recorded.at(-1)?.[0].seconds);
  });

  it("contain H.265 from a camera with H.265, with the tag that players expect", async () => {
    const seconds = LENGTH / 25;
    const video = await numberedClip(await provideFfmpeg(), {
      ...{ width: 320, height: 240, seconds, keyframeInterval: 5, codec: "h265" },
    });
    rig = await RecorderRig.open({}, { video });
    await rig.connected();
    await rig.framesSent(40);
    await rig.recorder.record(request);
    const { numbers, steps, streams } = await readVideo(rig.ffmpeg, rig.only.file);
    assert.equal(rig.only.codec, "h265");
    assert.deepEqual(gapsIn(numbers, LENGTH), []);
    assert.deepEqual([...new Set(steps)], [3600]);
    assert.match(streams, /Video: hevc .*\(hvc1 /);
  });

  it("play evenly, although the network delivers in bursts", async () => {
    rig = await RecorderRig.open({}, { tracks: ["video", "audio"] });
    await rig.recorder.close();
    const network = await BurstyNetwork.open(rig.camera.port);
    const url = rig.camera.url.replace(`:${rig.camera.port}`, `:${network.port}`);
    rig.record({ audio: true, source: parseStreamUrl(url, login) });
    await rig.connected();
    await rig.framesSent(40);
    await rig.recorder.record({ ...request, postRoll: 2 });
    await network.close();
    const { numbers, steps } = await readVideo(rig.ffmpeg, rig.only.file);
    assert.deepEqual(gapsIn(numbers, LENGTH), []);
    // With sound, ffmpeg reads the times from the RTCP reports of the camera, which are in whole milliseconds.
    assert.ok(
      steps.every((step) => Math.abs(step - 3600) <= 180),
      steps.join(" "),
    );
  });

  it("contain sound if it is on, in sync from the first frame on", async () => {
    rig = await RecorderRig.open({ audio: true, preRoll: 30 }, { tracks: ["video", "audio"] });
    await rig.connected();
    await rig.framesSent(40);
    await rig.recorder.record({ preRoll: 30, postRoll: 2 });
    const { numbers, steps, streams } = await readVideo(rig.ffmpeg, rig.only.file);
    assert.deepEqual(gapsIn(numbers, LENGTH), []);
    assert.ok(
      steps.every((step) => Math.abs(step - 3600) <= 180),
      steps.join(" "),
    );
    assert.match(streams, /Audio: aac .*8000 Hz/);
  });

  it("do not request sound if it is off", async () => {
    const setUps: number[] = [];
    rig = await RecorderRig.open({}, { tracks: ["video", "audio"] });
    rig.camera.on("request", (method, status) => method === "SETUP" && setUps.push(status));
    await rig.recorder.record(request);
    assert.doesNotMatch((await readVideo(rig.ffmpeg, rig.only.file)).streams, /Audio/);
    assert.deepEqual(setUps, [200]);
  });

  it("work without sound if the camera has none", async () => {
    rig = await RecorderRig.open({ audio: true });
    await rig.recorder.record(request);
    assert.doesNotMatch((await readVideo(rig.ffmpeg, rig.only.file)).streams, /Audio/);
  });

  it("connect only during the clip if the mode is off", async () => {
    rig = await RecorderRig.open({ mode: "off" });
    assert.equal(rig.camera.connections, 0);
    await rig.recorder.record(request);
    assert.deepEqual(gapsIn((await readVideo(rig.ffmpeg, rig.only.file)).numbers, LENGTH), []);
    while (rig.camera.playing > 0) await once(rig.camera, "disconnection");
    assert.equal(rig.recorder.statistics.state, "stopped");
    await rig.recorder.record(request);
    assert.equal(rig.recorded.length, 2);
  });

  it("are saved in the folder of camera and day, or in the folder of the message", async () => {
    rig = await RecorderRig.open();
    await rig.recorder.record(request);
    await rig.recorder.record({ ...request, filename: "alarms/gate 7" });
    await rig.recorder.record({ ...request, folder: path.join(rig.folder, "other") });
    const [named, byDefault, other, ...more] = (await rig.files())
      .sort((a, b) => b.localeCompare(a))
      .reverse();
    assert.match(named ?? "", /^alarms\/gate 7\.mp4$/);
    assert.match(byDefault ?? "", /^gate\/clips\/\d{4}-\d\d-\d\d\/\d{9}\.mp4$/);
    assert.match(other ?? "", /^other\/gate-\d{4}-\d\d-\d\d-\d{9}\.mp4$/);
    assert.deepEqual(more, []);
    assert.throws(() => void rig.recorder.record({ ...request, filename: "../../out.mp4" }), {
      code: "CONFIG_INVALID",
    });
  });

  it("are valid but incomplete files if the camera is switched off", async () => {
    rig = await RecorderRig.open();
    await rig.connected();
    await rig.framesSent(30);
    const clip = rig.recorder.record({ ...request, postRoll: 60 });
    await rig.framesSent(10);
    await rig.camera.close();
    await clip;
    assert.equal(rig.only.complete, false);
    const { numbers } = await readVideo(rig.ffmpeg, rig.only.file);
    assert.deepEqual(gapsIn(numbers, LENGTH), []);
    assert.ok(numbers.length >= 25);
    const second = rig.nextRecorded();
    await rig.camera.open();
    await rig.connected();
    await rig.framesSent(10);
    await rig.recorder.stop();
    assert.deepEqual(gapsIn((await readVideo(rig.ffmpeg, (await second).file)).numbers, LENGTH), []);
  });

  it("contain the last frames of a camera that is offline at the alarm", async () => {
    rig = await RecorderRig.open({ preRoll: 30 });
    await rig.connected();
    await rig.framesSent(20);
    await rig.camera.close();
    await once(rig.sourceEvents, "failure");
    await rig.recorder.record({ ...request, preRoll: 30 });
    assert.equal(rig.only.complete, false);
    assert.ok((await readVideo(rig.ffmpeg, rig.only.file)).numbers.length >= 10);
  });
});
