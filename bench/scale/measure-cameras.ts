import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { startRtspCamera, type RtspCamera } from "../../test/servers/rtsp-camera";
import { numberedClip } from "../../test/support/clips";
import { demoModel } from "../../tools/demo-model";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { linkPackage } from "../../tools/node-red";
import { cpuSeconds, processTree } from "../support/process-tree";
import { Subject } from "../support/subject";

/** The sub-stream of a camera. */
export const STREAM = { width: 640, height: 360, fps: 10 };
export const DETECT_FPS = 0.4;
const WARM_UP_SECONDS = 6;
const SECONDS = 24;
const MIB = 2 ** 20;

const roles = ["nodeRed", "ffmpeg", "worker"] as const;
type Role = (typeof roles)[number];

/** What the processes of a Node-RED with cameras used. */
export interface CameraSample {
  cameras: number;
  /** Images that reached the rules, per second. */
  imagesPerSecond: number;
  /** Milliseconds of processor time per second. */
  cpu: Record<Role, number>;
  /** Proportional set size: memory that processes share counts once. MiB. */
  memory: Record<Role, number>;
}

/** Measures numbers of cameras one after the other, each in a new Node-RED: camera, detector, rule. */
export async function measureCameras(numbers: readonly number[]): Promise<CameraSample[]> {
  const ffmpeg = await provideFfmpeg();
  const model = await demoModel();
  const video = await numberedClip(ffmpeg, { ...STREAM, seconds: 20, bitrate: "300k" });
  const camera = await startRtspCamera({ video, ffmpeg });
  try {
    const samples: CameraSample[] = [];
    for (const cameras of numbers) samples.push(await measure(cameras, { camera, ffmpeg, model }));
    return samples;
  } finally {
    await camera.close();
  }
}

interface Scene {
  camera: RtspCamera;
  ffmpeg: string;
  model: string;
}

async function measure(cameras: number, scene: Scene): Promise<CameraSample> {
  const userDir = await mkdtemp(path.join(os.tmpdir(), "bench-scale-"));
  await linkPackage(userDir);
  const script = path.join(__dirname, "../subjects/camera-site.ts");
  const subject = new Subject(script, [userDir, JSON.stringify(flowOf(cameras, scene))]);
  try {
    await subject.request({ seconds: WARM_UP_SECONDS });
    const pids = await byRole(subject.pid);
    const before = roles.map((role) => cpuSeconds(pids[role]));
    const { images } = await subject.request<{ images: number }>({ seconds: SECONDS });
    const used = roles.map((role, i) => [
      role,
      (1000 * (cpuSeconds(pids[role]) - (before[i] ?? 0))) / SECONDS,
    ]);
    const memory = await Promise.all(roles.map(async (role) => [role, await proportionalMiB(pids[role])]));
    return {
      cameras,
      imagesPerSecond: images / SECONDS,
      cpu: Object.fromEntries(used) as Record<Role, number>,
      memory: Object.fromEntries(memory) as Record<Role, number>,
    };
  } finally {
    await subject.end();
    await rm(userDir, { recursive: true, force: true });
  }
}

function flowOf(cameras: number, { camera, ffmpeg, model }: Scene): object[] {
  const z = "tab";
  const chains = Array.from({ length: cameras }, (_, i) => [
    {
      ...{ id: `frames${i}`, type: "rtsp-frames", z, source: "url", url: camera.url, name: `Camera ${i}` },
      ...{ fps: DETECT_FPS, format: "jpeg", autostart: true, ffmpeg, wires: [[`tag${i}`]] },
    },
    {
      // The cameras have one address, and the detector and the rule tell cameras apart by name.
      ...{ id: `tag${i}`, type: "change", z, wires: [["detect"]] },
      rules: [{ t: "set", p: "frame.camera", pt: "msg", to: `Camera ${i}`, tot: "str" }],
    },
  ]).flat();
  return [
    { id: z, type: "tab" },
    ...chains,
    { id: "detect", type: "yolo-detect", z, model, threads: 1, wires: [["rule", "count"]] },
    { id: "rule", type: "detection-rule", z, labels: "person", wires: [[]] },
    { id: "count", type: "function", z, func: 'global.get("countImage")();', wires: [[]] },
  ];
}

async function byRole(root: number): Promise<Record<Role, number[]>> {
  const found: Record<Role, number[]> = { nodeRed: [], ffmpeg: [], worker: [] };
  for (const pid of processTree(root)) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8");
    if (pid === root) found.nodeRed.push(pid);
    else if (command.includes("ffmpeg")) found.ffmpeg.push(pid);
    else if (command.includes("worker")) found.worker.push(pid);
  }
  return found;
}

async function proportionalMiB(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
      return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / MIB;
}
