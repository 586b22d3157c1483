import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiConfig from "../../nodes/isapi-config/runtime";
import rtspFrames from "../../nodes/rtsp-frames/runtime";
import type { ClipMessage } from "../../nodes/rtsp-frames/clip-message";
import type { FrameInfo } from "../../src/media/frame";
import type { CameraStatistics } from "../../src/rtsp/camera-stream";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { startRtspCamera, type RtspCamera, type RtspCameraOptions } from "../servers/rtsp-camera";
import { numberedClip, readNumber } from "../support/clips";
import { readVideo } from "../support/mp4";
import { assertNoSecrets, errorsOf, statusesOf, untilShown } from "../support/node-output";
import { wireNode, type WiredNode } from "../support/wired-node";

type FrameMessage = NodeMessage & { payload: Buffer; frame: FrameInfo };

const login = { username: "viewer", password: `n4sty:p@ss/w'rd%"ö` };

describe("the rtsp-frames node", () => {
  let ffmpeg: string;
  let video: string;
  let camera: RtspCamera;
  before(async function () {
    this.timeout(120_000);
    ffmpeg = await provideFfmpeg();
    video = await numberedClip(ffmpeg, { width: 320, height: 240, seconds: 2, keyframeInterval: 5 });
  });
  afterEach(async () => {
    await helper.unload();
    await camera.close();
  });

  async function wire(
    config: object = {},
    options: Partial<RtspCameraOptions> = {},
    credentials: object = login,
    nodes: { id: string; type: string; [property: string]: unknown }[] = [],
  ): Promise<WiredNode<FrameMessage>> {
    camera = await startRtspCamera({ video, ffmpeg, ...login, ...options });
    return wireNode(
      rtspFrames,
      { type: "rtsp-frames", url: camera.url, fps: "10", ffmpeg, ...config },
      { credentials: { subject: credentials }, nodes },
    );
  }

  async function nextFrame(): Promise<FrameMessage> {
    const [msg] = (await once(helper.getNode("out"), "input")) as [FrameMessage];
    return msg;
  }

  it("opens the stream of an ISAPI device with the login of the device", async () => {
    camera = await startRtspCamera({ video, ffmpeg, ...login, path: "/Streaming/Channels/102" });
    const device = { source: "isapi", device: "device", channel: "102", rtspPort: String(camera.port) };
    await wireNode(
      rtspFrames,
      { type: "rtsp-frames", fps: "10", ffmpeg, ...device },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "device", type: "isapi-config", url: "http://127.0.0.1" }],
        credentials: { device: login },
      },
    );
    const { frame } = await nextFrame();
    assert.equal(frame.camera, `127.0.0.1:${camera.port}/Streaming/Channels/102`);
  });

  it("uses its name as one level of the topic, and does not change the camera name", async () => {
    await wire({ name: "hall/gate #1" });
    const { topic, frame } = await nextFrame();
    assert.deepEqual([topic, frame.camera], ["hall_gate _1", "hall/gate #1"]);
  });

  it("sends JPEG images with their properties, and a camera name without credentials", async () => {
    const { node } = await wire();
    const msg = await nextFrame();
    assert.deepEqual([...msg.payload.subarray(0, 2), ...msg.payload.subarray(-2)], [0xff, 0xd8, 0xff, 0xd9]);
    const name = camera.url.replace("rtsp://", "");
    assert.equal(msg.topic, name);
    const { index, time, ...rest } = msg.frame;
    assert.equal(index, 0);
    assert.equal(new Date(time).toISOString(), time);
    assert.deepEqual(rest, { width: 320, height: 240, format: "jpeg", channels: 3, camera: name });
    assertNoSecrets(node, [login.password, encodeURIComponent(login.password)]);
  });

  it("sends raw RGB of the reported size, scaled by the aspect ratio of the camera", async () => {
    await wire({ name: "yard", format: "rgb", width: "160" });
    const { payload, frame } = await nextFrame();
    assert.deepEqual([frame.width, frame.height, frame.format, frame.camera], [160, 120, "rgb", "yard"]);
    assert.equal(payload.length, 160 * 120 * 3);
  });

  it("opens the URL of a message, and does not reveal its credentials", async () => {
    const { node, handle } = await wire({ source: "msg", url: "", format: "rgb" }, {}, {});
    assert.deepEqual(statusesOf(node), ["status.stopped"]);
    const userinfo = `${login.username}:${encodeURIComponent(login.password)}`;
    const url = camera.url.replace("rtsp://", `rtsp://${userinfo}@`);
    const first = nextFrame();
    assert.equal(await handle({ action: "start", url }), undefined);
    const { payload, topic } = await first;
    assert.ok(readNumber(payload, 320) < 50);
    assert.equal(topic, camera.url.replace("rtsp://", ""));
    assertNoSecrets(node, [login.password, encodeURIComponent(login.password)]);
  });

  it("stops, reports its state and restarts on messages", async () => {
    const { node, handle, received } = await wire({ autostart: "false" });
    assert.equal(camera.connections, 0);
    const first = nextFrame();
    await handle({ action: "start" });
    await first;
    await handle({ action: "stop" });
    assert.equal(statusesOf(node).at(-1), "status.stopped");
    await handle({ action: "status", _msgid: "abc" });
    const response = received.at(-1) as unknown as {
      _msgid: string;
      payload: { state: string; frames: number };
    };
    assert.equal(response._msgid, "abc");
    assert.equal(response.payload.state, "stopped");
    assert.ok(response.payload.frames >= 1);
    const again = nextFrame();
    await handle({ action: "restart" });
    assert.equal((await again).frame.index, 0);
  });

  it("reports a wrong password once to a Catch node, and does not retry it", async () => {
    const { node } = await wire({}, {}, { ...login, password: "wrong-one" });
    await untilShown(node, "status.error.RTSP_UNAUTHORIZED");
    const [error, ...more] = errorsOf(node) as (Error & { code: string })[];
    assert.equal(error?.code, "RTSP_UNAUTHORIZED");
    assert.deepEqual(more, []);
    assert.equal(camera.wrongLogins, 1);
    assertNoSecrets(node, ["wrong-one"]);
  });

  it("reports a missing ffmpeg, and stays in the flow", async () => {
    const { node } = await wire({ ffmpeg: "/nowhere/ffmpeg" });
    await untilShown(node, "status.error.FFMPEG_MISSING");
    assert.equal((errorsOf(node)[0] as { code: string }).code, "FFMPEG_MISSING");
  });

  it("rejects an address that is not an RTSP URL, and an unknown action", async () => {
    const { handle } = await wire({ source: "msg" }, {}, {});
    for (const msg of [{ url: "[sms:host=10.0.0.1]" }, { url: "http://host/x" }, { action: "dance" }, {}])
      assert.equal((await handle(msg))?.code, "CONFIG_INVALID");
  });

  it("closes at once, even if the camera hangs", async () => {
    await wire();
    await nextFrame();
    camera.freeze();
    const gone = once(camera, "disconnection");
    await helper.unload();
    camera.thaw();
    await gone;
    assert.equal(camera.playing, 0);
  });

  describe("with recordings", function () {
    this.timeout(15_000);
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), "rtsp-frames-"));
    });
    afterEach(async () => {
      await helper.unload();
      await rm(folder, { recursive: true, force: true });
    });

    const recording = (more: object = {}): object => ({
      ...{ name: "gate", fps: "0", record: "clips", recordFolder: folder, preRoll: "1", postRoll: "0.5" },
      wires: [["out"], ["recorded"]],
      ...more,
    });
    const wireRecorder = (more: object = {}, credentials: object = login) =>
      wire(recording(more), {}, credentials, [{ id: "recorded", z: "tab", type: "helper" }]);
    const nextRecording = async (): Promise<ClipMessage> => {
      const [msg] = (await once(helper.getNode("recorded"), "input")) as [ClipMessage];
      return msg;
    };

    it("sends the clip with its request to its second output, and then completes the message", async () => {
      const { node, handle, received } = await wireRecorder();
      await untilShown(node, "status.ready");
      const sent = nextRecording();
      const event = { type: "intrusion" };
      assert.equal(await handle({ action: "record", _msgid: "abc", topic: "isapi/gate", event }), undefined);
      const { _msgid, topic, payload, recording: facts, ...rest } = await sent;
      assert.deepEqual([_msgid, topic, rest], ["abc", "isapi/gate", { event }]);
      assert.deepEqual(facts, payload);
      assert.deepEqual([facts.kind, facts.camera, facts.complete], ["clip", "gate", true]);
      assert.ok(facts.file.startsWith(path.join(folder, "gate", "clips")));
      assert.equal((await stat(facts.file)).size, facts.bytes);
      assert.ok((await readVideo(ffmpeg, facts.file)).numbers.length >= 12);
      assert.deepEqual(received, []);
      assert.ok(statusesOf(node).includes("status.recording"));
      assert.equal(statusesOf(node).at(-1), "status.ready");
    });

    it("sends one clip for the messages that extend it, and completes each message", async () => {
      const { node } = await wireRecorder();
      await untilShown(node, "status.ready");
      const done: unknown[] = [];
      helper.getNode("ended").on("input", (msg) => done.push((msg as { event?: unknown }).event));
      const clips: unknown[] = [];
      helper.getNode("recorded").on("input", (msg) => clips.push((msg as { event?: unknown }).event));
      for (const event of ["first", "second"]) node.receive({ action: "record", event });
      while (done.length < 2) await once(helper.getNode("ended"), "input");
      assert.deepEqual([clips, done], [["first"], ["first", "second"]]);
    });

    it("sends frames and recordings side by side", async () => {
      await wireRecorder({ fps: "10", record: "segments", segment: "1" });
      await nextFrame();
      const { topic, payload } = await nextRecording();
      assert.deepEqual([topic, payload.kind], ["gate", "segment"]);
      await nextFrame();
      assert.equal(camera.playing, 2);
    });

    it("records on a separate connection, even with recording off", async () => {
      const { handle } = await wireRecorder({ record: undefined, fps: "10" });
      await nextFrame();
      const sent = nextRecording();
      assert.equal(await handle({ action: "record", postRoll: "0.2", filename: "alarm.mp4" }), undefined);
      assert.equal((await sent).payload.file, path.join(folder, "alarm.mp4"));
      while (camera.playing > 1) await once(camera, "disconnection");
    });

    it("records the URL of a message on one connection, and does not reveal its credentials", async () => {
      const { node, handle } = await wireRecorder({ source: "msg", url: "" }, {});
      const userinfo = `${login.username}:${encodeURIComponent(login.password)}`;
      const url = camera.url.replace("rtsp://", `rtsp://${userinfo}@`);
      const sent = nextRecording();
      const both = [handle({ action: "record", url }), handle({ action: "record", url })];
      assert.deepEqual(await Promise.all(both), [undefined, undefined]);
      const msg = await sent;
      assert.equal("url" in msg, false);
      assert.equal(camera.connections, 1);
      assertNoSecrets(node, [login.password, encodeURIComponent(login.password)]);
    });

    it("reports an offline camera once for frames and recordings", async () => {
      const { node, handle, received } = await wire({ record: "clips", url: "rtsp://127.0.0.1:1/x" });
      const states = async (): Promise<string[]> => {
        await handle({ action: "status" });
        const { state, recorder } = received.at(-1)?.payload as unknown as CameraStatistics;
        return [state, recorder.state];
      };
      while ((await states()).some((state) => state !== "waiting")) await new Promise(setImmediate);
      assert.equal(errorsOf(node).length, 1);
    });

    it("shows a write failure as long as it lasts", async () => {
      const { node } = await wire({ record: "segments", recordFolder: "/dev/null/recordings" });
      await untilShown(node, "status.error.FILE_WRITE");
      await nextFrame();
      assert.equal(statusesOf(node).at(-1), "status.error.FILE_WRITE");
    });

    it("does not show a failure for an invalid message", async () => {
      const { node, handle } = await wire({ record: "clips" });
      await nextFrame();
      assert.equal((await handle({ action: "record", filename: "../x" }))?.code, "CONFIG_INVALID");
      assert.ok(!statusesOf(node).some((text) => text.startsWith("status.error")));
    });

    it("reports to a Catch node why a clip fails", async () => {
      const { node, handle } = await wireRecorder({ record: "off" }, { ...login, password: "wrong-one" });
      const error = await handle({ action: "record" });
      assert.equal(error?.code, "RTSP_UNAUTHORIZED");
      assert.equal(errorsOf(node).length, 1);
      assert.equal((await handle({ action: "record", filename: "../out.mp4" }))?.code, "CONFIG_INVALID");
      assert.equal((await handle({ action: "record", postRoll: "long" }))?.code, "CONFIG_INVALID");
      assert.equal(camera.wrongLogins, 1);
    });

    it("reports the state of the recorder", async () => {
      const { node, handle, received } = await wireRecorder();
      await untilShown(node, "status.ready");
      await handle({ action: "status" });
      const { state, recorder } = received[0]?.payload as unknown as {
        state: string;
        recorder: { state: string; recording: boolean };
      };
      assert.deepEqual([state, recorder.state, recorder.recording], ["streaming", "streaming", false]);
    });

    it("completes the clip on close, and leaves no process", async () => {
      const { node } = await wireRecorder();
      await untilShown(node, "status.ready");
      node.receive({ action: "record", postRoll: 600, filename: "last.mp4" });
      await untilShown(node, "status.recording");
      await helper.unload();
      assert.equal(camera.playing, 0);
      assert.deepEqual(await readdir(folder), ["last.mp4"]);
      await readVideo(ffmpeg, path.join(folder, "last.mp4"));
    });
  });
});
