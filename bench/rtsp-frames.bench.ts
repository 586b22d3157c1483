/** rtsp-frames against the same ffmpeg with the same filter, without a reader of its frames, at the same time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { FrameFormat } from "../src/media/frame";
import { frameArguments } from "../src/rtsp/frames/frame-arguments";
import { inputScript } from "../src/rtsp/ffmpeg-input";
import { findFfmpeg } from "../src/ffmpeg/ffmpeg-binary";
import { startRtspCamera, type RtspCamera, type SentFrame } from "../test/servers/rtsp-camera";
import { numberedClip } from "../test/support/clips";
import { provideFfmpeg } from "../tools/ffmpeg";
import type { Arrival } from "./subjects/frames";
import { cpuSeconds, processTree } from "./support/process-tree";
import { Subject } from "./support/subject";
import { percentile, printTable, type Row } from "./support/table";

const SECONDS = 20;
const WARM_UP_SECONDS = 4;
const FPS = 5;
/** Frames in two loops of the clip. Older frames with the same number do not count. */
const REMEMBERED = 1000;

async function main(): Promise<boolean> {
  const ffmpeg = await provideFfmpeg();
  const video = await numberedClip(ffmpeg, { width: 1920, height: 1080, seconds: 20, bitrate: "4M" });
  const camera = await startRtspCamera({ video, ffmpeg });
  try {
    const rows = [
      ...(await measure(camera, ffmpeg, "JPEG 1080p", { format: "jpeg" })),
      ...(await measure(camera, ffmpeg, "RGB 640×360", { format: "rgb", width: 640 })),
    ];
    return printTable(`rtsp-frames: ${FPS} a second out of 1080p25 H.264, against ffmpeg alone`, rows);
  } finally {
    await camera.close();
  }
}

async function measure(
  camera: RtspCamera,
  ffmpeg: string,
  what: string,
  image: { format: FrameFormat; width?: number },
): Promise<Row[]> {
  const sent: SentFrame[] = [];
  const remember = (one: SentFrame): void => {
    sent.push(one);
    if (sent.length > REMEMBERED) sent.shift();
  };
  camera.on("sent", remember);
  const config = { url: camera.url, source: "url", fps: FPS, autostart: true, ffmpeg, ...image };
  const node = path.resolve(__dirname, "../dist/nodes/rtsp-frames.js");
  const subject = new Subject(path.join(__dirname, "subjects/frames.ts"), [node, JSON.stringify(config)]);
  const alone = await ffmpegAlone(camera.url, ffmpeg, image);
  try {
    await subject.request({ seconds: WARM_UP_SECONDS });
    const before = [cpuSeconds(processTree(subject.pid)), cpuSeconds([alone.pid])] as const;
    const { arrivals } = await subject.request<{ arrivals: Arrival[] }>({ seconds: SECONDS });
    const ours = cpuSeconds(processTree(subject.pid)) - before[0];
    const against = cpuSeconds([alone.pid]) - before[1];
    const perSecond = (seconds: number): string => `${((1000 * seconds) / SECONDS).toFixed(0)} ms/s`;
    const rows: Row[] = [
      {
        what: `${what}: processor time of Node-RED and ffmpeg (${(arrivals.length / SECONDS).toFixed(1)} frames per second)`,
        ours: perSecond(ours),
        against: perSecond(against),
        ratio: ours / against,
        bound: "≤ 1.15",
        kept: ours / against <= 1.15,
      },
    ];
    if (image.format === "rgb") rows.push(latency(what, arrivals, sent));
    return rows;
  } finally {
    await subject.end();
    await alone.end();
    camera.off("sent", remember);
  }
}

/** The time from when an image leaves the camera to its message. */
function latency(what: string, arrivals: readonly Arrival[], sent: readonly SentFrame[]): Row {
  const delays = arrivals.flatMap(({ number, time }) => {
    const left = sent.findLast((image) => image.clipIndex === number && image.time < time);
    return left === undefined ? [] : [time - left.time];
  });
  const captureError = arrivals.flatMap(({ number, captured, time }) => {
    const left = sent.findLast((image) => image.clipIndex === number && image.time < time);
    return left === undefined ? [] : [Math.abs(captured - left.time)];
  });
  return {
    what: `${what}: latency from leaving the camera to the message, median and p99`,
    ours: `${percentile(delays, 50).toFixed(0)} and ${percentile(delays, 99).toFixed(0)} ms`,
    against: `msg.frame.time is off by ${percentile(captureError, 50).toFixed(0)} ms`,
  };
}

async function ffmpegAlone(
  url: string,
  ffmpeg: string,
  image: { format: FrameFormat; width?: number },
): Promise<{ pid: number; end: () => Promise<void> }> {
  const options = { transport: "tcp" as const, fps: FPS, hwaccel: "none" as const, timeout: 10, ...image };
  const binary = await findFfmpeg({ setting: ffmpeg });
  const child = spawn(binary.path, frameArguments(options, binary), {
    stdio: ["pipe", "ignore", "ignore", "ignore"],
  });
  child.stdin?.end(inputScript(url, options, ["video"]));
  return {
    pid: child.pid ?? 0,
    end: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

void main().then((kept) => {
  process.exitCode = kept ? 0 : 1;
});
