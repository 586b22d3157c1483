import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import helper from "node-red-node-test-helper";
import type { Recorded } from "../../src/rtsp/recording/finisher";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { SimulatedDevice } from "../servers/isapi-device";
import { startRtspCamera, type RtspCamera } from "../servers/rtsp-camera";
import { numberedClip } from "../support/clips";
import { RunningExample } from "../support/example";
import { untilShown } from "../support/node-output";

const login = { username: "flow", password: "s3cret:pass" };

describe("example 16 Record a clip of an alarm", function () {
  this.timeout(20_000);
  let device: SimulatedDevice;
  let camera: RtspCamera;
  let folder: string;
  let ffmpeg: string;
  before(async function () {
    this.timeout(120_000);
    ffmpeg = await provideFfmpeg();
    const video = await numberedClip(ffmpeg, { width: 320, height: 240, seconds: 2, keyframeInterval: 5 });
    camera = await startRtspCamera({ video, ffmpeg, ...login });
    device = await SimulatedDevice.start({ channels: ["Gate"] });
    folder = await mkdtemp(path.join(os.tmpdir(), "example-16-"));
  });
  after(async () => {
    await helper.unload();
    await Promise.all([device.close(), camera.close(), rm(folder, { recursive: true })]);
  });

  it("saves a clip of an intrusion, and reads the file", async () => {
    const typedIn = { recordFolder: folder, rtspPort: String(camera.port), postRoll: "0.5", ffmpeg };
    const deployed = RunningExample.deploy("16", {
      typedIn: { "isapi-config": { url: device.url }, camera: typedIn },
      credentials: { device: login },
    });
    const [example] = await Promise.all([deployed, once(device, "stream")]);
    await untilShown(helper.getNode("camflows16camera"), "status.ready");
    const shown = example.next("show");
    const sent = example.next("send");
    device.alert({ eventType: "fielddetection" });
    const msg = (await shown) as unknown as { event: { type: string }; recording: Recorded };
    assert.equal(msg.event.type, "intrusion");
    const { file, complete } = msg.recording;
    assert.ok(complete && file.startsWith(path.join(folder, "gate", "clips")));
    assert.deepEqual((await sent).payload, await readFile(file));
  });
});
