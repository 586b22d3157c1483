import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { cacheDir, npmFile } from "../tools/cache";

const run = promisify(execFile);

/** Photographs of people, from an MIT-licensed package: the model finds people only in photographs. */
export const photographs = {
  spec: "@vladmandic/face-api@1.7.15",
  integrity:
    "sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==",
  files: [1, 2, 3, 4, 5, 6].map((number) => `demo/sample${number}.jpg`),
};
const SECONDS_PER_IMAGE = 4;
/** An empty scene between the photographs, so that events end and new ones start. */
const SECONDS_EMPTY = 2;

/**
 * Returns the default clip of the camera: photographs of people with a grey scene between them, in 1080p25 H.264 like a
 * camera's stream, without B-frames and with a keyframe per second. It is made once and stays in the cache.
 *
 * @returns the path of the clip
 */
export async function defaultClip(ffmpeg: string): Promise<string> {
  const clip = path.join(cacheDir, "people-1080p25-v1.mp4");
  if (existsSync(clip)) return clip;
  await mkdir(cacheDir, { recursive: true });

  const images: string[] = [];
  for (const file of photographs.files) images.push(await npmFile({ ...photographs, file }));
  const inputs = images.flatMap((image) => [
    ...["-loop", "1", "-framerate", "25", "-t", String(SECONDS_PER_IMAGE), "-i", image],
    ...["-f", "lavfi", "-t", String(SECONDS_EMPTY), "-i", "color=c=gray:s=1920x1080:r=25"],
  ]);
  const streams = images.map((_, index) => {
    const fit = "scale=1920:1080:force_original_aspect_ratio=increase,crop=1920:1080,setsar=1,format=yuv420p";
    return `[${index * 2}:v]${fit}[image${index}];[${index * 2 + 1}:v]setsar=1,format=yuv420p[empty${index}]`;
  });
  const order = images.map((_, index) => `[empty${index}][image${index}]`).join("");
  const unfinished = `${clip}.part.mp4`;
  await run(ffmpeg, [
    ...["-hide_banner", "-loglevel", "error", "-y", ...inputs],
    ...[
      "-filter_complex",
      `${streams.join(";")};${order}concat=n=${images.length * 2}:v=1[out]`,
      "-map",
      "[out]",
    ],
    ...encoding,
    unfinished,
  ]);
  await rename(unfinished, clip);
  return clip;
}

const encoding = [
  ...["-c:v", "libx264", "-preset", "veryfast", "-b:v", "4M", "-maxrate", "4M", "-bufsize", "4M"],
  ...["-g", "25", "-bf", "0", "-pix_fmt", "yuv420p", "-an", "-movflags", "+faststart"],
];

/**
 * Re-encodes a user's video like a camera's stream.
 *
 * @param video any file that ffmpeg reads
 * @param folder for the clip
 * @returns the path of the clip
 * @throws {Error} when ffmpeg cannot read it
 */
export async function ownClip(ffmpeg: string, video: string, folder: string): Promise<string> {
  const clip = path.join(folder, "video.mp4");
  const input = ["-hide_banner", "-loglevel", "error", "-y", "-i", video, "-map", "0:v:0"];
  await run(ffmpeg, [...input, ...encoding, clip]).catch((error: unknown) => {
    const { stderr } = error as { stderr: string };
    throw new Error(`ffmpeg cannot read ${video}:\n${stderr.trim()}`, { cause: error });
  });
  return clip;
}
