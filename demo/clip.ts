import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { cacheDir, npmFile } from "../tools/cache";

const run = promisify(execFile);

/** Photographs with people, in an MIT-licensed package: real detections need real pictures. */
const photographs = {
  spec: "@vladmandic/face-api@1.7.15",
  integrity:
    "sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==",
  files: [1, 2, 3, 4, 5, 6].map((number) => `demo/sample${number}.jpg`),
};
const SECONDS_PER_PICTURE = 4;
/** An empty scene between the pictures, so that events end and new ones start. */
const SECONDS_EMPTY = 2;

/**
 * The default clip of the demo's camera: photographs with people, a grey scene between them, 1080p25 H.264 without
 * B-frames and a keyframe a second, as cameras send it. Made once and kept in the cache.
 *
 * @returns the clip's path
 */
export async function defaultClip(ffmpeg: string): Promise<string> {
  const clip = path.join(cacheDir, "people-1080p25-v1.mp4");
  if (existsSync(clip)) return clip;
  await mkdir(cacheDir, { recursive: true });

  const pictures: string[] = [];
  for (const file of photographs.files) pictures.push(await npmFile({ ...photographs, file }));
  const inputs = pictures.flatMap((picture) => [
    ...["-loop", "1", "-framerate", "25", "-t", String(SECONDS_PER_PICTURE), "-i", picture],
    ...["-f", "lavfi", "-t", String(SECONDS_EMPTY), "-i", "color=c=gray:s=1920x1080:r=25"],
  ]);
  const streams = pictures.map((_, index) => {
    const fit = "scale=1920:1080:force_original_aspect_ratio=increase,crop=1920:1080,setsar=1,format=yuv420p";
    return `[${index * 2}:v]${fit}[picture${index}];[${index * 2 + 1}:v]setsar=1,format=yuv420p[empty${index}]`;
  });
  const order = pictures.map((_, index) => `[empty${index}][picture${index}]`).join("");
  const unfinished = `${clip}.part.mp4`;
  await run(ffmpeg, [
    ...["-hide_banner", "-loglevel", "error", "-y", ...inputs],
    ...[
      "-filter_complex",
      `${streams.join(";")};${order}concat=n=${pictures.length * 2}:v=1[out]`,
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

/** A user's own video, as the camera can send it: whatever ffmpeg reads, re-encoded like a camera's stream. */
export async function ownClip(ffmpeg: string, video: string, folder: string): Promise<string> {
  const clip = path.join(folder, "video.mp4");
  await run(ffmpeg, [
    "-hide_banner",
    "-loglevel",
    "error",
    "-y",
    "-i",
    video,
    "-map",
    "0:v:0",
    ...encoding,
    clip,
  ]);
  return clip;
}
