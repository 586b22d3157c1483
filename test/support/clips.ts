import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const BITS = 12;

export interface ClipOptions {
  width: number;
  height: number;
  fps?: number;
  seconds?: number;
  /** Frames from one keyframe to the next. @default fps: one a second */
  keyframeInterval?: number;
  bitrate?: string;
  /** Cameras send none. @default 0 */
  bFrames?: number;
  /** @default "h264" */
  codec?: "h264" | "h265";
}

/**
 * A clip whose every frame shows its own number: a row of squares along the top edge, white for 1 and black
 * for 0, lowest bit first. It is made once and kept in the temporary folder.
 *
 * @returns the file's path
 */
export async function numberedClip(ffmpeg: string, options: ClipOptions): Promise<string> {
  const {
    width,
    height,
    fps = 25,
    seconds = 4,
    keyframeInterval = fps,
    bitrate,
    bFrames = 0,
    codec = "h264",
  } = options;
  const side = squareSide(width);
  const filters = [`drawbox=x=0:y=0:w=iw:h=${side}:color=black:t=fill`];
  for (let bit = 0; bit < BITS; bit++) {
    const enable = `mod(floor(n/${2 ** bit}),2)`;
    filters.push(`drawbox=x=${bit * side}:y=0:w=${side}:h=${side}:color=white:t=fill:enable='${enable}'`);
  }
  const folder = path.join(os.tmpdir(), "node-red-surveillance-clips");
  const name = `${width}x${height}-${fps}fps-${seconds}s-${keyframeInterval}g-${bFrames}b-${bitrate ?? "crf"}.${codec}`;
  const file = path.join(folder, name);
  if (existsSync(file)) return file;

  await mkdir(folder, { recursive: true });
  const unfinished = path.join(folder, `${process.pid}-${name}`);
  const input = `testsrc2=size=${width}x${height}:rate=${fps}:duration=${seconds},${filters.join(",")}`;
  await run(ffmpeg, [
    ...["-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "lavfi", "-i", input],
    ...["-c:v", codec === "h264" ? "libx264" : "libx265", "-preset", "veryfast", "-pix_fmt", "yuv420p"],
    ...["-bf", String(bFrames), "-g", String(keyframeInterval), "-sc_threshold", "0"],
    ...(codec === "h265" ? ["-x265-params", "log-level=error:scenecut=0:open-gop=0:repeat-headers=1"] : []),
    ...(bitrate === undefined ? [] : ["-b:v", bitrate, "-maxrate", bitrate, "-bufsize", bitrate]),
    ...["-f", codec === "h264" ? "h264" : "hevc", unfinished],
  ]);
  await rename(unfinished, file);
  return file;
}

/** Reads the number out of a decoded frame (RGB, 8 bits a channel) of a numbered clip. */
export function readNumber(rgb: Buffer, width: number): number {
  const side = squareSide(width);
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const x = Math.floor((bit + 0.5) * side);
    const y = Math.floor(side / 2);
    if ((rgb[(y * width + x) * 3] ?? 0) > 127) number += 2 ** bit;
  }
  return number;
}

function squareSide(width: number): number {
  return Math.floor(width / BITS / 2) * 2;
}
