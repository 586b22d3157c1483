import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { SurveillanceError } from "../../core/errors";
import { fileError } from "../../files/target-file";
import { localInput } from "../../ffmpeg/local-input";
import { runFfmpeg } from "../../ffmpeg/run-ffmpeg";
import { codecs, type Codec } from "./audio-channel";

/** G.711 has 8000 samples per second of one byte each. */
export const BYTES_PER_SECOND = 8000;
/** A longer clip is a mistake: it would block the channel. */
const MAX_SECONDS = 600;

/**
 * Converts a clip to the codec of an audio channel.
 *
 * @param clip the bytes of a file that ffmpeg supports (WAV, MP3, M4A, …), or the path of such a file
 * @throws {SurveillanceError} FFMPEG_MISSING, FFMPEG_TOO_OLD, FFMPEG_FAILED, FILE_WRITE, TOO_LARGE beyond ten minutes,
 * CLOSED
 */
export async function encodeClip(
  clip: Buffer | string,
  codec: Codec,
  { ffmpeg, signal }: { ffmpeg?: string | undefined; signal?: AbortSignal | undefined },
): Promise<Buffer> {
  if (typeof clip === "string") return encodeFile(path.resolve(clip), codec, { ffmpeg, signal });
  // ffmpeg must be able to seek: some formats have their index at the end.
  const folder = await mkdtemp(path.join(os.tmpdir(), "clip-"));
  try {
    const file = path.join(folder, "clip");
    await writeFile(file, clip).catch((thrown: unknown) => {
      throw fileError(thrown, file) ?? thrown;
    });
    return await encodeFile(file, codec, { ffmpeg, signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function encodeFile(
  file: string,
  codec: Codec,
  options: { ffmpeg?: string | undefined; signal?: AbortSignal | undefined },
): Promise<Buffer> {
  const sound = await runFfmpeg({
    ...options,
    args: [
      ...[...localInput(file), "-map", "0:a:0", "-t", String(MAX_SECONDS + 1)],
      ...["-ac", "1", "-ar", String(BYTES_PER_SECOND), "-f", codecs[codec].format, "pipe:1"],
    ],
    maxOutput: MAX_SECONDS * BYTES_PER_SECOND,
  }).catch((thrown: unknown) => {
    if (!(thrown instanceof SurveillanceError) || thrown.code !== "TOO_LARGE") throw thrown;
    throw new SurveillanceError("TOO_LARGE", `The clip is longer than ${MAX_SECONDS / 60} minutes.`);
  });
  if (sound.length > 0) return sound;
  throw new SurveillanceError("FFMPEG_FAILED", "The clip has no sound.");
}
