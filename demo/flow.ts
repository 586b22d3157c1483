import { readFile } from "node:fs/promises";
import path from "node:path";

const examples = path.resolve(__dirname, "../examples");
const detectionExample = "01 Detection to HikCentral alarm.json";
const alertsExample = "20 Alarms of a camera.json";

export interface FlowSettings {
  /** The RTSP address, without credentials */
  cameraUrl: string;
  cameraUser: string;
  cameraPassword: string;
  model: string;
  labels: string;
  gatewayUrl: string;
  appKey: string;
  appSecret: string;
  /** The ISAPI of the simulated camera; unknown for a real camera. */
  isapiUrl: string | undefined;
  /** The address at which the gateway receives generic events. */
  alarmHost: string;
  alarmPort: number;
  ffmpeg: string;
}

/** Returns the example flows with the settings that a user enters, ready to be deployed. */
export async function configuredExamples(settings: FlowSettings): Promise<object[]> {
  const login = { username: settings.cameraUser, password: settings.cameraPassword };
  const entered: Record<string, object> = {
    "rtsp-frames": {
      url: settings.cameraUrl,
      ffmpeg: settings.ffmpeg,
      credentials: login,
    },
    "isapi-config": { url: settings.isapiUrl, credentials: login },
    "yolo-detect": { model: settings.model },
    "detection-rule": { labels: settings.labels, cooldown: "5", endAfter: "2" },
    "hcp-alarm-out": { host: settings.alarmHost, port: String(settings.alarmPort) },
    "hcp-config": {
      url: settings.gatewayUrl,
      credentials: { appKey: settings.appKey, appSecret: settings.appSecret },
    },
  };
  const files = [detectionExample, ...(settings.isapiUrl === undefined ? [] : [alertsExample])];
  const flows = await Promise.all(files.map(exampleFlow));
  return flows.flat().map((node) => ({ ...node, ...entered[node.type] }));
}

/** Reads an example flow. @param file the name in examples/ */
export async function exampleFlow(file: string): Promise<{ type: string }[]> {
  return JSON.parse(await readFile(path.join(examples, file), "utf8")) as { type: string }[];
}
