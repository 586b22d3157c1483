import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Node, NodeInitializer } from "node-red";
import helper from "node-red-node-test-helper";
import detectionRule from "../../nodes/detection-rule/runtime";
import hcpAlarmOut from "../../nodes/hcp-alarm-out/runtime";
import hcpConfig from "../../nodes/hcp-config/runtime";
import rtspFrames from "../../nodes/rtsp-frames/runtime";
import yoloDetect from "../../nodes/yolo-detect/runtime";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { startHcpGateway, type GatewayAlarm, type HcpGateway } from "../servers/hcp-gateway";
import { startRtspCamera, type RtspCamera } from "../servers/rtsp-camera";
import { statusesOf } from "../support/node-output";
import { colourDetector } from "../support/onnx-model";

const run = promisify(execFile);
const keys = { appKey: "29000001", appSecret: "pipeline-secret" };
const login = { username: "viewer", password: "gate-pässword" };

/**
 * The main use, end to end: the flow of the first example with a real RTSP stream, ffmpeg, ONNX Runtime and a gateway
 * that checks every signature. The scene is red for one second of every two, which the model detects.
 */
describe("camera → detection → rule → HikCentral", function () {
  this.timeout(60_000);
  let work: string;
  let camera: RtspCamera;
  let gateway: HcpGateway;

  before(async () => {
    work = await mkdtemp(path.join(os.tmpdir(), "pipeline-"));
    const ffmpeg = await provideFfmpeg();
    const model = path.join(work, "colours.onnx");
    await writeFile(model, colourDetector());
    camera = await startRtspCamera({ ...login, ffmpeg, video: await blinkingClip(ffmpeg) });
    gateway = await startHcpGateway(keys);
    await loadExample(ffmpeg, model);
  });

  after(async () => {
    await helper.unload();
    await camera.close();
    await gateway.close();
    await rm(work, { recursive: true, force: true });
  });

  async function blinkingClip(ffmpeg: string): Promise<string> {
    const clip = path.join(work, "blinking.mp4");
    const scene = (colour: string): string[] => ["-f", "lavfi", "-i", `color=${colour}:s=320x180:r=10:d=1`];
    await run(ffmpeg, [
      ...["-hide_banner", "-loglevel", "error", ...scene("black"), ...scene("red")],
      ...[
        "-filter_complex",
        "concat=n=2:v=1",
        "-c:v",
        "libx264",
        "-bf",
        "0",
        "-g",
        "5",
        "-pix_fmt",
        "yuv420p",
      ],
      clip,
    ]);
    return clip;
  }

  /** Loads example 01 with the addresses of this test and shorter times, without its comment and debug nodes. */
  async function loadExample(ffmpeg: string, model: string): Promise<void> {
    const example = JSON.parse(
      await readFile(path.resolve("examples/01 Detection to HikCentral alarm.json"), "utf8"),
    ) as { id: string; type: string }[];
    const typedIn: Record<string, object> = {
      "rtsp-frames": { url: camera.url, fps: "10", ffmpeg },
      "yolo-detect": { model },
      "detection-rule": { labels: "red", hits: "2", window: "3", cooldown: "0", endAfter: "0.5" },
      "hcp-alarm-out": { host: "127.0.0.1", port: String(gateway.tcpPort) },
      "hcp-config": { url: gateway.url },
    };
    const flow = example
      .filter(({ type }) => !["comment", "debug", "catch"].includes(type))
      .map((node) => ({ ...node, ...typedIn[node.type] }));
    const core = createRequire(__filename)("@node-red/nodes/core/function/10-switch") as NodeInitializer;
    const types = [core, rtspFrames, yoloDetect, detectionRule, hcpAlarmOut, hcpConfig];
    await helper.load(types, flow, {
      camflows01frames: login,
      camflows01server: keys,
    });
  }

  const nodeOf = (id: string): Node => helper.getNode(`camflows01${id}`);
  const nextAlarm = async (): Promise<GatewayAlarm> => (await once(gateway, "alarm"))[0] as GatewayAlarm;

  /** Waits until a node shows a text, even for a moment. */
  async function shows(id: string, text: string): Promise<void> {
    const node = nodeOf(id);
    const before = statusesOf(node).length;
    while (!statusesOf(node).slice(before).includes(text)) await once(node, "call:status");
  }

  it("raises an alarm with the name of the rule, the label, the camera and the time", async () => {
    const { text, transport, rule } = await nextAlarm();
    assert.equal(transport, "tcp");
    assert.equal(rule, "Worker without a helmet");
    const [, type, label, score, device, , time = ""] = text.split(" | ");
    assert.deepEqual([type, label, device], ["hardHat", "red", "Gate camera"]);
    // The grey bars beside the wide image are not red.
    assert.ok(Number(score) > 0.7);
    assert.ok(Math.abs(Date.now() - Date.parse(time)) < 10_000);
  });

  it("raises one alarm per occurrence", async () => {
    const ids = [await nextAlarm(), await nextAlarm(), await nextAlarm()].map(({ text }) => text);
    assert.equal(new Set(ids).size, 3);
  });

  it("recovers from the death of the detection process, and shows it", async () => {
    const said = shows("detect", "status.error.YOLO_WORKER_DIED");
    for (const pid of detectionProcesses()) process.kill(pid, "SIGKILL");
    await said;
    await nextAlarm();
  });

  it("recovers from a restart of the camera, and shows it", async () => {
    const said = shows("frames", "status.error.CONNECTION_REFUSED");
    await camera.close();
    await said;
    await camera.open();
    await nextAlarm();
  });

  it("recovers from a restart of HikCentral, and shows it", async () => {
    const { port, tcpPort, udpPort } = gateway;
    const said = shows("alarm", "status.error.CONNECTION_REFUSED");
    await gateway.close();
    await said;
    gateway = await startHcpGateway({ ...keys, port, tcpPort, udpPort, restartOf: gateway });
    await nextAlarm();
  });
});

/** Returns the children of this process that run a model. */
function detectionProcesses(): number[] {
  const found = readdirSync(`/proc/${process.pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${process.pid}/task/${task}/children`, "utf8").split(" "))
    .filter(Boolean)
    .map(Number)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("inference-worker"));
  assert.ok(found.length > 0, "there is no detection process");
  return found;
}
