import { rename, rm } from "node:fs/promises";
import { SurveillanceError } from "../core/errors";
import { runFfmpeg } from "./run-ffmpeg";
import { fileError } from "../files/target-file";

export interface RemuxOptions {
  /** The path that the user entered at the node. */
  ffmpeg?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Seconds from the recording's start; the cut begins at the keyframe before. */
  from?: number | undefined;
  /** Seconds */
  duration?: number | undefined;
  /** What the source's sound is: `aac` goes into the MP4 as it is. @default unknown, and made AAC */
  sound?: "aac" | "unknown" | undefined;
  /** Where the MP4 grows. @default `<target>.part` */
  partial?: string | undefined;
  /** How the video is marked, where players insist on another mark than ffmpeg's. */
  videoTag?: "hvc1" | undefined;
}

/**
 * Puts a recording into an MP4: the pictures as they are, the sound, which MP4 does not take in G.711, as AAC. Sound
 * that ffmpeg cannot read is left out.
 *
 * @throws {SurveillanceError} FFMPEG_MISSING, FFMPEG_TOO_OLD, FFMPEG_FAILED, FILE_WRITE, CLOSED; no file is left then
 */
export async function remuxToMp4(source: string, target: string, options: RemuxOptions = {}): Promise<void> {
  const { ffmpeg, signal, from, duration, videoTag, partial: unfinished = `${target}.part` } = options;
  const args = (sound: readonly string[]): string[] => [
    // Only what is on this machine: a recording is no playlist.
    ...["-protocol_whitelist", "file"],
    ...(from === undefined ? [] : ["-ss", String(from)]),
    ...["-i", `file:${source}`],
    ...(duration === undefined ? [] : ["-t", String(duration)]),
    ...["-map", "0:v:0", ...sound, "-c:v", "copy", ...(videoTag === undefined ? [] : ["-tag:v", videoTag])],
    ...["-avoid_negative_ts", "make_zero", "-movflags", "+faststart", "-f", "mp4", `file:${unfinished}`],
  ];
  const codec = options.sound === "aac" ? "copy" : "aac";
  try {
    try {
      await runFfmpeg({ ffmpeg, signal, args: args(["-map", "0:a:0?", "-c:a", codec]) });
    } catch (thrown) {
      if (!(thrown instanceof SurveillanceError) || thrown.code !== "FFMPEG_FAILED") throw thrown;
      await runFfmpeg({ ffmpeg, signal, args: args(["-an"]) });
    }
    await rename(unfinished, target);
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw fileError(thrown, target) ?? thrown;
  }
}
