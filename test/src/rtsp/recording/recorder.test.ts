import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { ClipWish } from "../../../../src/rtsp/recording/clips";
import { Recorder, type Recorded, type RecorderOptions } from "../../../../src/rtsp/recording/recorder";
import { parseStreamUrl } from "../../../../src/rtsp/stream-url";
import { provideFfmpeg } from "../../../../tools/ffmpeg";
import { startRtspCamera, type RtspCamera, type RtspCameraOptions } from "../../../servers/rtsp-camera";
import { numberedClip } from "../../../support/clips";
import { gapsIn, readVideo } from "../../../support/mp4";

const run = promisify(execFile);
const login = { username: "operator-77c1", password: "Pa:ss@w/rd#2" };
const LENGTH = 250;
const wish: ClipWish = { preRoll: 1, postRoll: 0.6 };

describe("Recorder with a real ffmpeg", function () {
  this.timeout(20_000);
  let ffmpeg: string;
  let video: string;
  let folder: string;
  let camera: RtspCamera;
  let recorder: Recorder;
  let recorded: [Recorded, unknown][];
  /** The number of the picture that the camera sent last. */
  let sent: number;

  before(async function () {
    this.timeout(120_000);
    ffmpeg = await provideFfmpeg();
    video = await numberedClip(ffmpeg, {
      width: 320,
      height: 240,
      seconds: LENGTH / 25,
      keyframeInterval: 5,
    });
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "recorder-"));
  });
  afterEach(async () => {
    await recorder.close();
    await camera.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(
    options: Partial<RecorderOptions> = {},
    cameraOptions: Partial<RtspCameraOptions> = {},
  ): Promise<void> {
    camera = await startRtspCamera({ video, ffmpeg, ...login, ...cameraOptions });
    camera.on("sent", ({ clipIndex }) => {
      sent = clipIndex;
    });
    record({ source: parseStreamUrl(camera.url, login), ...options });
  }

  function record(options: Partial<RecorderOptions> & Pick<RecorderOptions, "source">): void {
    recorder = new Recorder({
      ...{ transport: "tcp", stallTimeout: 10, audio: false, mode: "clips", camera: "gate" },
      ...{ folder, preRoll: 1, segment: 1, ffmpeg, ...options },
    });
    recorded = [];
    recorder.on("recorded", (...args) => recorded.push(args));
    recorder.start();
  }

  const picturesSent = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) await once(camera, "sent");
  };
  const streaming = async (): Promise<void> => {
    for (;;) {
      const [state] = (await once(recorder, "state")) as [{ stream: { name: string } }];
      if (state.stream.name === "streaming") return;
    }
  };
  const nextRecorded = async (): Promise<Recorded> => ((await once(recorder, "recorded")) as [Recorded])[0];
  const only = (): Recorded => {
    assert.equal(recorded.length, 1);
    const [first] = recorded;
    assert.ok(first !== undefined);
    return first[0];
  };
  const files = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .sort();

  describe("makes clips that", () => {
    for (const transport of ["tcp", "udp"] as const) {
      it(`have pictures from before the trigger, none missing and none twice, over ${transport}`, async () => {
        await open({ transport });
        await streaming();
        await picturesSent(40);
        const before = sent;
        await recorder.record({ ...wish, trigger: "alarm" });
        const clip = only();
        const { numbers, steps, seconds } = await readVideo(ffmpeg, clip.file);
        assert.deepEqual(gapsIn(numbers, LENGTH), []);
        assert.ok(
          (before - (numbers[0] ?? 0) + LENGTH) % LENGTH >= 20,
          `${numbers[0] ?? ""} before ${before}`,
        );
        assert.ok(((numbers.at(-1) ?? 0) - before + LENGTH) % LENGTH >= 10);
        assert.deepEqual([...new Set(steps)], [3600]);
        assert.equal(seconds, numbers.length / 25);
        assert.equal(clip.seconds, seconds);
        assert.equal(Date.parse(clip.end) - Date.parse(clip.start), seconds * 1000);
        assert.deepEqual([clip.kind, clip.camera, clip.codec, clip.complete], ["clip", "gate", "h264", true]);
        assert.equal(recorded[0]?.[1], "alarm");
      });
    }

    it("play evenly, though the network delivers in bursts", async () => {
      await open();
      await recorder.close();
      const network = await BurstyNetwork.open(camera.port);
      const url = camera.url.replace(`:${camera.port}`, `:${network.port}`);
      record({ source: parseStreamUrl(url, login) });
      await streaming();
      await picturesSent(40);
      await recorder.record({ ...wish, postRoll: 2 });
      await network.close();
      const { numbers, steps } = await readVideo(ffmpeg, only().file);
      assert.deepEqual(gapsIn(numbers, LENGTH), []);
      assert.deepEqual([...new Set(steps)], [3600]);
    });

    it("have sound where it is wanted, beside which no picture is missing", async () => {
      await open({ audio: true }, { tracks: ["video", "audio"] });
      await streaming();
      await picturesSent(40);
      await recorder.record({ ...wish, postRoll: 2 });
      const { numbers, steps, streams } = await readVideo(ffmpeg, only().file);
      assert.deepEqual(gapsIn(numbers, LENGTH), []);
      assert.ok(
        steps.every((step) => Math.abs(step - 3600) <= 180),
        steps.join(" "),
      );
      assert.match(streams, /Audio: aac .*8000 Hz/);
    });

    it("have no sound, and do not even ask for it, where it is not wanted", async () => {
      const setUps: number[] = [];
      await open({}, { tracks: ["video", "audio"] });
      camera.on("request", (method, status) => method === "SETUP" && setUps.push(status));
      await recorder.record(wish);
      assert.doesNotMatch((await readVideo(ffmpeg, only().file)).streams, /Audio/);
      assert.deepEqual(setUps, [200]);
    });

    it("need no sound of a camera that has none", async () => {
      await open({ audio: true });
      await recorder.record(wish);
      assert.doesNotMatch((await readVideo(ffmpeg, only().file)).streams, /Audio/);
    });

    it("connect only as long as they last, where nothing is kept before", async () => {
      await open({ mode: "off" });
      assert.equal(camera.connections, 0);
      await recorder.record(wish);
      assert.deepEqual(gapsIn((await readVideo(ffmpeg, only().file)).numbers, LENGTH), []);
      while (camera.playing > 0) await once(camera, "disconnection");
      assert.equal(recorder.statistics.state, "stopped");
      await recorder.record(wish);
      assert.equal(recorded.length, 2);
    });

    it("lie in a folder of the camera and the day, or where the message wants them", async () => {
      await open();
      await recorder.record(wish);
      await recorder.record({ ...wish, filename: "alarms/gate 7" });
      await recorder.record({ ...wish, folder: path.join(folder, "other") });
      const [usual, named, other, ...more] = (await files()).sort((a, b) => b.localeCompare(a)).reverse();
      assert.match(usual ?? "", /^alarms\/gate 7\.mp4$/);
      assert.match(named ?? "", /^gate\/clips\/\d{4}-\d\d-\d\d\/\d{9}\.mp4$/);
      assert.match(other ?? "", /^other\/gate-\d{4}-\d\d-\d\d-\d{9}\.mp4$/);
      assert.deepEqual(more, []);
      assert.throws(() => void recorder.record({ ...wish, filename: "../../out.mp4" }), {
        code: "CONFIG_INVALID",
      });
    });

    it("are whole files when the camera is switched off, and say so", async () => {
      await open();
      await streaming();
      await picturesSent(30);
      const clip = recorder.record({ ...wish, postRoll: 60 });
      await picturesSent(10);
      await camera.close();
      await clip;
      assert.equal(only().complete, false);
      const { numbers } = await readVideo(ffmpeg, only().file);
      assert.deepEqual(gapsIn(numbers, LENGTH), []);
      assert.ok(numbers.length >= 25);
      const second = nextRecorded();
      await camera.open();
      await streaming();
      await picturesSent(10);
      await recorder.stop();
      assert.deepEqual(gapsIn((await readVideo(ffmpeg, (await second).file)).numbers, LENGTH), []);
    });

    it("hold the last that was seen of a camera that is gone when the alarm comes", async () => {
      await open({ preRoll: 30 });
      await streaming();
      await picturesSent(20);
      await camera.close();
      await once(recorder, "failure");
      await recorder.record({ ...wish, preRoll: 30 });
      assert.equal(only().complete, false);
      assert.ok((await readVideo(ffmpeg, only().file)).numbers.length >= 10);
    });
  });

  describe("fails", () => {
    it("once with a wrong password", async () => {
      await open({ mode: "off" });
      await recorder.close();
      record({ source: parseStreamUrl(camera.url, { ...login, password: "wrong" }) });
      await assert.rejects(recorder.record(wish), { code: "RTSP_UNAUTHORIZED" });
      await assert.rejects(recorder.record(wish), { code: "RTSP_UNAUTHORIZED" });
      assert.equal(camera.wrongLogins, 1);
    });

    it("where there is no ffmpeg, and no camera", async () => {
      await open({ mode: "off", ffmpeg: "/nowhere/ffmpeg" });
      await assert.rejects(recorder.record(wish), { code: "FFMPEG_MISSING" });
      record({ source: parseStreamUrl("rtsp://127.0.0.1:1/none"), mode: "off" });
      const failures: unknown[] = [];
      recorder.on("failure", (error) => failures.push(error));
      await assert.rejects(recorder.record(wish), { code: "CONNECTION_REFUSED" });
      // Who waits for a clip is told; nobody else.
      assert.deepEqual(failures, []);
    });

    it("on a full disk, and leaves nothing there", async function () {
      if (process.platform !== "linux") this.skip();
      await open();
      const unfinished = path.join(folder, "alarm.unfinished.ts");
      await symlink("/dev/full", unfinished);
      await assert.rejects(recorder.record({ ...wish, filename: "alarm.mp4" }), {
        code: "FILE_WRITE",
        message: /Free some space/,
      });
      assert.deepEqual(await readdir(folder), []);
      assert.deepEqual(recorded, []);
      await recorder.record(wish);
      assert.equal(recorded.length, 1);
    });

    it("where the MP4 finds no space, and keeps what was recorded", async function () {
      if (process.platform !== "linux") this.skip();
      await open();
      await symlink("/dev/full", path.join(folder, "alarm.mp4.part"));
      await assert.rejects(recorder.record({ ...wish, filename: "alarm.mp4" }), {
        code: "FILE_WRITE",
        message: /kept in .*alarm\.unfinished\.ts/,
      });
      assert.deepEqual(await readdir(folder), ["alarm.unfinished.ts"]);
      await readVideo(ffmpeg, path.join(folder, "alarm.unfinished.ts"));
    });

    it("where the folder cannot be made, and says once of segments that they are not recorded", async () => {
      await open({ mode: "segments", folder: "/dev/null/recordings" });
      const failures: string[] = [];
      recorder.on("failure", (error) => failures.push(error.code));
      await assert.rejects(recorder.record(wish), { code: "FILE_WRITE" });
      await picturesSent(50);
      assert.deepEqual(failures, ["FILE_WRITE"]);
    });
  });

  it("records segments without a gap between them, and the last one when it is stopped", async () => {
    await open({ mode: "segments" });
    for (let count = 0; count < 3; count++) await nextRecorded();
    await recorder.close();
    const videos = await Promise.all(recorded.map(([{ file }]) => readVideo(ffmpeg, file)));
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
    const complete = recorded.map(([segment]) => segment.complete);
    assert.deepEqual(complete, [...complete.slice(0, -1).map(() => true), false]);
    assert.ok(recorded.every(([{ kind }, trigger]) => kind === "segment" && trigger === undefined));
    assert.equal((await files()).length, recorded.length);
  });

  it("makes a clip while segments are recorded", async () => {
    await open({ mode: "segments" });
    await nextRecorded();
    await recorder.record(wish);
    const clip = recorded.find(([{ kind }]) => kind === "clip")?.[0];
    assert.deepEqual(gapsIn((await readVideo(ffmpeg, clip?.file ?? "")).numbers, LENGTH), []);
  });

  it("keeps no more segments than their bound allows", async () => {
    await open({ mode: "segments", maxBytes: 1 });
    await nextRecorded();
    await nextRecorded();
    await nextRecorded();
    // What follows deletes it; of three, one is complete, and one is growing.
    assert.ok((await files()).length <= 2, (await files()).join());
  });

  it("starts anew when the camera hangs, with a new file", async () => {
    await open({ mode: "segments", segment: 60, stallTimeout: 1 });
    await streaming();
    await picturesSent(10);
    camera.freeze();
    const { complete, file } = await nextRecorded();
    assert.equal(complete, false);
    await readVideo(ffmpeg, file);
    camera.thaw();
    await streaming();
  });

  it("shows no credentials in the list of processes", async () => {
    await open();
    await streaming();
    const { stdout } = await run("ps", ["-A", "-ww", "-o", "args"]);
    assert.ok(stdout.includes("mpegts"));
    assert.ok(!stdout.includes("Pa%3Ass") && !stdout.includes("Pa:ss") && !stdout.includes(login.username));
  });

  it("is closed within two seconds while the camera hangs, with the clip complete", async () => {
    await open();
    await streaming();
    await picturesSent(10);
    const clip = recorder.record({ ...wish, postRoll: 60 });
    await picturesSent(5);
    camera.freeze();
    await Promise.all([recorder.close(), clip]);
    await readVideo(ffmpeg, only().file);
    assert.equal((await files()).length, 1);
  }).timeout(5000);
});

/** A network between a client and a camera that holds back what the camera sends, and then delivers it at once. */
class BurstyNetwork {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(server: Server, sockets: Socket[]) {
    this.#server = server;
    this.#sockets = sockets;
    let held = false;
    this.#timer = setInterval(() => {
      held = !held;
      for (const socket of sockets)
        if (held) socket.cork();
        else socket.uncork();
    }, 400);
  }

  static async open(port: number): Promise<BurstyNetwork> {
    const sockets: Socket[] = [];
    const server = createServer((client) => {
      const camera = connect(port, "127.0.0.1");
      client.pipe(camera).pipe(client);
      for (const socket of [client, camera]) socket.on("error", () => undefined);
      client.on("close", () => camera.destroy());
      sockets.push(client);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new BurstyNetwork(server, sockets);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
