import { rename, rm } from "node:fs/promises";
import { SurveillanceError } from "../../errors";
import { runFfmpeg } from "../../ffmpeg/run-ffmpeg";
import { fileError } from "./file-error";

export interface RemuxOptions {
  /** The path that the user entered at the node. */
  ffmpeg?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Seconds from the recording's start; the cut begins at the keyframe before. */
  from?: number | undefined;
  /** Seconds */
  duration?: number | undefined;
}

/**
 * Puts a recording into an MP4: the pictures as they are, the sound, which MP4 does not take in G.711, as AAC. Sound
 * that ffmpeg cannot read is left out.
 *
 * @throws {SurveillanceError} FFMPEG_MISSING, FFMPEG_TOO_OLD, FFMPEG_FAILED, FILE_WRITE, CLOSED; no file is left then
 */
export async function remuxToMp4(source: string, target: string, options: RemuxOptions = {}): Promise<void> {
  const { ffmpeg, signal, from, duration } = options;
  const unfinished = `${target}.part`;
  const args = (sound: readonly string[]): string[] => [
    // Only what is on this machine: a recording is no playlist.
    ...["-protocol_whitelist", "file"],
    ...(from === undefined ? [] : ["-ss", String(from)]),
    ...["-i", `file:${source}`],
    ...(duration === undefined ? [] : ["-t", String(duration)]),
    ...["-map", "0:v:0", ...sound, "-c:v", "copy"],
    ...["-avoid_negative_ts", "make_zero", "-movflags", "+faststart", "-f", "mp4", `file:${unfinished}`],
  ];
  try {
    try {
      await runFfmpeg({ ffmpeg, signal, args: args(["-map", "0:a:0?", "-c:a", "aac"]) });
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
