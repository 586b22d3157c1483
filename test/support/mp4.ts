import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readNumber } from "./clips";

const run = promisify(execFile);
const MAX_BUFFER = 512 * 1024 * 1024;

/** The content of a video file with a numbered clip of 320 × 240, decoded with ffmpeg. */
export interface Video {
  /** The number in each frame, in order. */
  numbers: number[];
  /** Ticks of 1/90000 s between frames. */
  steps: number[];
  /** From the header of the file. */
  seconds: number;
  /** The description of the streams by ffmpeg. */
  streams: string;
}

/** @throws {Error} when ffmpeg reports a problem with the file */
export async function readVideo(
  ffmpeg: string,
  file: string,
  { width = 320, height = 240 } = {},
): Promise<Video> {
  const read = async (...args: string[]): Promise<Buffer> => {
    const always = ["-hide_banner", "-nostdin", "-xerror", "-loglevel", "error", "-i", file, "-map", "0:v:0"];
    const options = { encoding: "buffer", maxBuffer: MAX_BUFFER } as const;
    const { stdout, stderr } = await run(ffmpeg, [...always, ...args, "pipe:1"], options);
    if (stderr.length > 0) throw new Error(stderr.toString());
    return stdout;
  };
  const rgb = await read(
    "-fps_mode",
    "passthrough",
    "-enc_time_base",
    "-1",
    "-pix_fmt",
    "rgb24",
    "-f",
    "rawvideo",
  );
  const size = width * height * 3;
  const packets = (await read("-c", "copy", "-copyts", "-f", "framecrc"))
    .toString()
    .matchAll(/^0, +-?\d+, +(\d+),/gm);
  const stamps = [...packets].map(([, pts]) => Number(pts));
  const { stderr: streams } = await run(ffmpeg, ["-hide_banner", "-i", file, "-f", "null", "-t", "0", "-"]);
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/.exec(streams) ?? [];
  return {
    numbers: Array.from({ length: rgb.length / size }, (_, index) =>
      readNumber(rgb.subarray(index * size, (index + 1) * size), width),
    ),
    steps: stamps.slice(1).map((stamp, index) => stamp - (stamps[index] ?? 0)),
    seconds: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    streams,
  };
}

/** Returns the frame numbers that do not follow the previous one, in a clip that repeats after `count` frames. */
export function gapsIn(numbers: readonly number[], length: number): string[] {
  return numbers
    .slice(1)
    .map((number, index) => [numbers[index] ?? 0, number] as const)
    .filter(([before, number]) => number !== (before + 1) % length)
    .map(([before, number]) => `${before} ${number}`);
}
