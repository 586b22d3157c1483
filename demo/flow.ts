import { readFile } from "node:fs/promises";
import path from "node:path";

export const exampleFile = path.resolve(__dirname, "../examples/01 Detection to HikCentral alarm.json");

export interface FlowSettings {
  /** Without credentials */
  cameraUrl: string;
  cameraUser: string;
  cameraPassword: string;
  model: string;
  labels: string;
  gatewayUrl: string;
  appKey: string;
  appSecret: string;
  /** Where the gateway listens for generic events. */
  alarmHost: string;
  alarmPort: number;
  ffmpeg: string;
}

/** The example flow, unchanged but for the values that its user would type in, ready to be deployed. */
export async function filledExample(settings: FlowSettings): Promise<object[]> {
  const typedIn: Record<string, object> = {
    "rtsp-frames": {
      url: settings.cameraUrl,
      ffmpeg: settings.ffmpeg,
      credentials: { username: settings.cameraUser, password: settings.cameraPassword },
    },
    "yolo-detect": { model: settings.model },
    "detection-rule": { labels: settings.labels, cooldown: "5", endAfter: "2" },
    "hcp-alarm-out": { host: settings.alarmHost, port: String(settings.alarmPort) },
    "hcp-config": {
      url: settings.gatewayUrl,
      credentials: { appKey: settings.appKey, appSecret: settings.appSecret },
    },
  };
  const flow = JSON.parse(await readFile(exampleFile, "utf8")) as { type: string }[];
  return flow.map((node) => ({ ...node, ...typedIn[node.type] }));
}
