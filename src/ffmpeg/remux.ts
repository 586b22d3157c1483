import { rename, rm } from "node:fs/promises";
import { SurveillanceError } from "../core/errors";
import { localInput } from "./local-input";
import { runFfmpeg } from "./run-ffmpeg";
import { fileError } from "../files/target-file";

export interface RemuxOptions {
  /** The path from the settings of the node. */
  ffmpeg?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Seconds from the start of the recording; the cut begins at the keyframe before. */
  from?: number | undefined;
  /** Seconds */
  duration?: number | undefined;
  /** The audio codec of the source. `aac` is copied, `unknown` is converted to AAC. @default unknown */
  sound?: "aac" | "unknown" | undefined;
  /** The path of the unfinished MP4. @default `<target>.part` */
  partial?: string | undefined;
  /** The codec tag of the video, if players require another tag than the default of ffmpeg. */
  videoTag?: "hvc1" | undefined;
}

/**
 * Writes a recording into an MP4. It copies the video, and converts the sound to AAC, because MP4 does not support
 * G.711. It omits sound that ffmpeg cannot read. After an error there is no file.
 *
 * @throws {SurveillanceError} FFMPEG_MISSING, FFMPEG_TOO_OLD, FFMPEG_FAILED, FILE_WRITE, CLOSED
 */
export async function remuxToMp4(source: string, target: string, options: RemuxOptions = {}): Promise<void> {
  const { ffmpeg, signal, from, duration, videoTag, partial: unfinished = `${target}.part` } = options;
  const args = (sound: readonly string[]): string[] => [
    ...(from === undefined ? [] : ["-ss", String(from)]),
    ...localInput(source),
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
