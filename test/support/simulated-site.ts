import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { provideServer } from "../../tools/debian";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { SimulatedPtz } from "../servers/isapi/ptz";
import { addRecorder } from "../servers/isapi/recordings";
import type { KServeServer } from "../servers/inference/kserve-server";
import { SimulatedSettings } from "../servers/isapi/settings";
import { SimulatedThermalCamera } from "../servers/isapi/thermal";
import { addSpeaker, type Speaker } from "../servers/isapi/two-way-audio";
import { SimulatedDevice, type DeviceOptions } from "../servers/isapi-device";
import { startRtspCamera, type RtspCamera } from "../servers/rtsp-camera";
import { NatsServers, type NatsServer } from "./nats-server";
import { colourDetector } from "./onnx-model";
import { startOnnxServer } from "./onnx-server";
import { tenMinutes } from "./recorder-scene";
import { tone } from "./wav";

const run = promisify(execFile);
const keys = { appKey: "29000011", appSecret: "site-secret" };
const login = { username: "operator", password: "s3cret:pass/ö" };

/** The devices and servers of all nodes: a HikCentral, a camera with every function, and its streams. */
export class SimulatedSite {
  readonly keys = keys;
  readonly login = login;

  private constructor(
    /** Holds the model, the sound and the files that nodes write. */
    readonly folder: string,
    readonly ffmpeg: string,
    readonly gateway: HcpGateway,
    readonly device: SimulatedDevice,
    /** Its image is red. */
    readonly camera: RtspCamera,
    /** The second channel, with the documents of a thermal camera. */
    readonly thermalStream: RtspCamera,
    readonly ptz: SimulatedPtz,
    readonly thermal: SimulatedThermalCamera,
    readonly settings: SimulatedSettings,
    readonly speaker: Speaker,
    /** It runs the model. */
    readonly inference: KServeServer,
    /** Undefined where there is no nats-server. */
    readonly nats: NatsServer | undefined,
  ) {}

  /** @param options of the device */
  static async open(options: Partial<DeviceOptions> = {}): Promise<SimulatedSite> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "site-"));
    const ffmpeg = await provideFfmpeg();
    const video = await redClip(ffmpeg, folder);

    const gateway = await startHcpGateway(keys);
    const device = await SimulatedDevice.start({ ...login, channels: ["Gate", "Kiln"], ...options });
    const settings = new SimulatedSettings(device, { triggers: { "VMD-1": "center" } });
    // After the other settings, because it replaces the clock of the device.
    addRecorder(device, { stored: tenMinutes(3) });
    await writeFile(path.join(folder, "colours.onnx"), colourDetector());
    await writeFile(path.join(folder, "warning.wav"), tone(0.1));
    return new SimulatedSite(
      folder,
      ffmpeg,
      gateway,
      device,
      await startRtspCamera({ ...login, ffmpeg, video }),
      await startRtspCamera({
        ...{ ...login, ffmpeg, video, path: "/Streaming/Channels/201" },
        tracks: ["video", "metadata"],
      }),
      new SimulatedPtz(device),
      new SimulatedThermalCamera(device),
      settings,
      addSpeaker(device),
      await startOnnxServer("colours", colourDetector()),
      await startNats(),
    );
  }

  /** The path of a model that detects red, green or blue images. */
  get model(): string {
    return path.join(this.folder, "colours.onnx");
  }

  get sound(): string {
    return path.join(this.folder, "warning.wav");
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.gateway, this.device, this.camera, this.thermalStream, this.inference].map((end) => end.close()),
    );
    await this.nats?.remove();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function startNats(): Promise<NatsServer | undefined> {
  const binary = await provideServer("nats").catch(() => undefined);
  return binary && new NatsServers(binary).start();
}

async function redClip(ffmpeg: string, folder: string): Promise<string> {
  const clip = path.join(folder, "red.mp4");
  const encoding = ["-c:v", "libx264", "-bf", "0", "-g", "5", "-pix_fmt", "yuv420p"];
  const source = ["-f", "lavfi", "-i", "color=red:s=320x180:r=10:d=1"];
  await run(ffmpeg, ["-hide_banner", "-loglevel", "error", ...source, ...encoding, clip]);
  return clip;
}
