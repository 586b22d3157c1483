import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import sharp from "sharp";
import {
  FrameStream,
  type Frame,
  type FrameRate,
  type FrameStreamOptions,
} from "../../../../src/rtsp/frames/frame-stream";
import { parseStreamUrl } from "../../../../src/rtsp/stream-url";
import { provideFfmpeg } from "../../../../tools/ffmpeg";
import { startRtspCamera, type RtspCamera, type RtspCameraOptions } from "../../../servers/rtsp-camera";
import { numberedClip, readNumber } from "../../../support/clips";
import { SourceEvents } from "../../../support/source-events";

const run = promisify(execFile);
const login = { username: "operator-5d81", password: `Pa:ss@w/rd#1'\\"%é` };
const size = { width: 320, height: 240 };

describe("FrameStream with a real ffmpeg and H.264", () => {
  let ffmpeg: string;
  let video: string;
  let camera: RtspCamera;
  let stream: FrameStream;
  let sourceEvents: SourceEvents<Frame, FrameRate>;
  before(async function () {
    this.timeout(120_000);
    ffmpeg = await provideFfmpeg();
    video = await numberedClip(ffmpeg, { ...size, keyframeInterval: 5 });
  });
  afterEach(async () => {
    await stream.stop();
    await camera.close();
  });

  async function play(
    options: Partial<FrameStreamOptions> = {},
    cameraOptions: Partial<RtspCameraOptions> = {},
  ): Promise<void> {
    camera = await startRtspCamera({ video, ffmpeg, ...login, ...cameraOptions });
    sourceEvents = new SourceEvents();
    stream = new FrameStream(
      {
        source: parseStreamUrl(camera.url, login),
        ...{ transport: "tcp", fps: 25, format: "rgb", hwaccel: "none", stallTimeout: 10, ffmpeg },
        ...options,
      },
      sourceEvents,
    );
    stream.start();
  }

  async function nextFrame(): Promise<Frame> {
    const [frame] = (await once(sourceEvents, "event")) as [Frame];
    return frame;
  }

  async function nextFrames(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await nextFrame());
    return frames;
  }

  async function failureCode(): Promise<string> {
    const [error] = (await once(sourceEvents, "failure")) as [{ code: string }];
    return error.code;
  }

  for (const transport of ["tcp", "udp"] as const) {
    it(`plays over ${transport} with a Digest login with special characters`, async () => {
      await play({ transport });
      const frame = await nextFrame();
      assert.equal(frame.data.length, 320 * 240 * 3);
      assert.ok(readNumber(frame.data, 320) < 100);
      assert.equal(camera.wrongLogins, 0);
    });
  }

  it("logs in by Basic, and repeats Digest if a nonce is stale", async () => {
    await play({}, { auth: "basic" });
    await nextFrame();
    await stream.stop();
    await camera.close();
    await play({}, { qop: true });
    camera.once("request", () => {
      camera.auth.expire();
    });
    await nextFrame();
    assert.equal(camera.wrongLogins, 0);
  });

  it("makes JPEG files that other programs can read", async () => {
    await play({ format: "jpeg" });
    for (const { data } of await nextFrames(3)) {
      const { format, width, height } = await sharp(data, { failOn: "warning" }).metadata();
      assert.deepEqual([format, width, height], ["jpeg", 320, 240]);
      await sharp(data, { failOn: "warning" }).raw().toBuffer();
    }
  });

  it("reports for each frame when it left the camera", async () => {
    const slow = await numberedClip(ffmpeg, { ...size, fps: 5, seconds: 20, keyframeInterval: 1 });
    const sent = new Map<number, number>();
    await play({}, { video: slow });
    camera.on("sent", ({ clipIndex, time }) => sent.set(clipIndex, time));
    for (let count = 0; count < 12; count++) {
      const { data, info } = await nextFrame();
      const time = Date.parse(info.time);
      const left = sent.get(readNumber(data, 320));
      assert.ok(left !== undefined);
      // Half of the 200 ms between two frames: more would be the time of another frame, or of the arrival here,
      // which is one frame later. A date has whole milliseconds.
      assert.ok(time >= Math.floor(left) - 1 && time - left < 100, `${time - left} ms after it left`);
      assert.ok(time <= Date.now());
    }
  }).timeout(20_000);

  it("reduces the frames to the exact rate", async () => {
    await play({ fps: 10 });
    const numbers = (await nextFrames(21)).map(({ data }) => readNumber(data, 320));
    const steps = numbers.slice(1).map((number, index) => (number - (numbers[index] ?? 0) + 100) % 100);
    const sum = steps.reduce((total, step) => total + step, 0);
    assert.ok(Math.abs(sum - 50) <= 1, `${steps.join(" ")}: 2 frames in 5`);
  });

  it("sets up only the video", async () => {
    const setUps: number[] = [];
    camera = await startRtspCamera({ video, ffmpeg, tracks: ["audio", "video"] });
    camera.on("request", (method, status) => method === "SETUP" && setUps.push(status));
    sourceEvents = new SourceEvents();
    stream = new FrameStream(
      {
        source: parseStreamUrl(camera.url),
        ...{ transport: "tcp", fps: 25, format: "rgb", hwaccel: "none", stallTimeout: 10, ffmpeg },
      },
      sourceEvents,
    );
    stream.start();
    await nextFrame();
    assert.deepEqual(setUps, [200]);
  });

  it("plays a stream without parameter sets in its description", async () => {
    await play({}, { sprop: false });
    assert.equal((await nextFrame()).info.width, 320);
  });

  it("tries a wrong password exactly once", async () => {
    camera = await startRtspCamera({ video, ffmpeg, ...login });
    sourceEvents = new SourceEvents();
    stream = new FrameStream(
      {
        source: parseStreamUrl(camera.url, { ...login, password: "wrong" }),
        ...{ transport: "tcp", fps: 1, format: "jpeg", hwaccel: "none", stallTimeout: 10, ffmpeg },
      },
      sourceEvents,
    );
    const failure = failureCode();
    stream.start();
    assert.equal(await failure, "RTSP_UNAUTHORIZED");
    assert.equal(camera.wrongLogins, 1);
  });

  it("distinguishes a wrong path, a stream without video and an unsupported transport", async () => {
    const wrong: [Partial<FrameStreamOptions>, Partial<RtspCameraOptions>, string][] = [
      [{}, { tracks: ["audio"] }, "RTSP_NO_VIDEO"],
      [{ transport: "udp" }, { transports: ["tcp"] }, "RTSP_TRANSPORT"],
    ];
    for (const [options, cameraOptions, code] of wrong) {
      await play(options, cameraOptions);
      assert.equal(await failureCode(), code);
      await stream.stop();
      await camera.close();
    }
    camera = await startRtspCamera({ video, ffmpeg });
    sourceEvents = new SourceEvents();
    stream = new FrameStream(
      {
        source: parseStreamUrl(`${camera.url}/none`),
        ...{ transport: "tcp", fps: 1, format: "jpeg", hwaccel: "none", stallTimeout: 10, ffmpeg },
      },
      sourceEvents,
    );
    stream.start();
    assert.equal(await failureCode(), "RTSP_NOT_FOUND");
  });

  it("reconnects after a restart of the camera", async () => {
    await play();
    await nextFrame();
    await camera.close();
    assert.match(await failureCode(), /^(RTSP_FAILED|CONNECTION_REFUSED)$/);
    await camera.open();
    await nextFrame();
    assert.ok(stream.statistics.restarts >= 1);
  });

  it("restarts if the camera hangs with an open connection", async () => {
    await play({ stallTimeout: 1 });
    await nextFrame();
    camera.freeze();
    assert.equal(await failureCode(), "RTSP_TIMEOUT");
    camera.thaw();
    await nextFrame();
    assert.equal(camera.connections, 2);
  });

  it("delivers no distorted frame if the camera changes its resolution", async () => {
    const other = await numberedClip(ffmpeg, { width: 480, height: 352, keyframeInterval: 5 });
    await play();
    const sizes = new Set<string>();
    sourceEvents.on("event", ({ data, info }) => {
      sizes.add(`${info.width}x${info.height}`);
      assert.equal(data.length, info.width * info.height * 3);
      assert.ok(readNumber(data, info.width) < 100);
    });
    await nextFrames(3);
    await camera.switchVideo(other);
    while ((await nextFrame()).info.width !== 480);
    assert.deepEqual([...sizes], ["320x240", "480x352"]);
  });

  it("reports no failure for a change of the resolution, as JPEG and as RGB", async () => {
    const other = await numberedClip(ffmpeg, { width: 480, height: 352, keyframeInterval: 5 });
    const restarts: number[] = [];
    for (const format of ["jpeg", "rgb"] as const) {
      await play({ format });
      const failures: string[] = [];
      sourceEvents.on("failure", ({ message }) => failures.push(message));
      const sizes = new Set<string>();
      sourceEvents.on("event", ({ info }) => sizes.add(`${info.width}x${info.height}`));
      await nextFrames(3);
      await camera.switchVideo(other);
      while ((await nextFrame()).info.width !== 480);
      assert.deepEqual([...sizes], ["320x240", "480x352"]);
      assert.deepEqual(failures, []);
      restarts.push(stream.statistics.restarts);
      await stream.stop();
      await camera.close();
    }
    assert.equal(restarts[0], restarts[1]);
  });

  it("shows no credentials in the list of processes", async () => {
    await play();
    await nextFrame();
    const { stdout } = await run("ps", ["-A", "-ww", "-o", "args"]);
    assert.ok(stdout.includes("image2pipe"));
    assert.ok(!stdout.includes("Pa%3Ass") && !stdout.includes("Pa:ss") && !stdout.includes(login.username));
  });

  it("removes secrets from the error, although ffmpeg writes the whole URL", async () => {
    await play({ source: parseStreamUrl("rtsp://operator:Pa%3Ass@127.0.0.1:1/none") });
    const [error] = (await once(sourceEvents, "failure")) as [Error & { code: string }];
    assert.equal(error.code, "CONNECTION_REFUSED");
    assert.ok(error.message.includes("127.0.0.1:1/none"));
    assert.ok(!/Pa(%3A|:)ss|operator/.test(error.message), error.message);
  });

  it("stops while the camera hangs", async () => {
    await play();
    await nextFrame();
    camera.freeze();
    await stream.stop();
    const { stdout } = await run("ps", ["-A", "-ww", "-o", "ppid=,args="]);
    const own = stdout.split("\n").filter((line) => line.trim().startsWith(`${process.pid} `));
    assert.deepEqual(
      own.filter((line) => line.includes("image2pipe")),
      [],
    );
  }).timeout(3000);

  it("leaves no ffmpeg behind when Node.js is killed while the camera hangs", async () => {
    await play();
    const url = parseStreamUrl(camera.url, login).url;
    const script = createRequire(__filename).resolve("../../../support/orphan");
    const child = spawn(process.execPath, ["--require", "tsx/cjs", script, url, ffmpeg], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const pid = Number(line.toString().split("\n")[0]);
    assert.ok(isAlive(pid));
    camera.freeze();
    child.kill("SIGKILL");
    while (isAlive(pid)) await delay(20);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
