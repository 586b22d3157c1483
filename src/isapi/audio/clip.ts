import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { SurveillanceError } from "../../core/errors";
import { runFfmpeg } from "../../ffmpeg/run-ffmpeg";
import { codings, type Coding } from "./audio-channel";

/** Of G.711: 8000 samples a second, of one byte each. */
export const BYTES_PER_SECOND = 8000;
/** Longer ones are a mistake; nobody would get a word in edgeways. */
const MAX_SECONDS = 600;

/**
 * Brings a clip into the coding of an audio channel.
 *
 * @param clip the bytes of a file that ffmpeg reads (WAV, MP3, M4A, …), or the path of one
 * @throws {SurveillanceError} FFMPEG_MISSING, FFMPEG_TOO_OLD, FFMPEG_FAILED, TOO_LARGE beyond ten minutes, CLOSED
 */
export async function encodeClip(
  clip: Buffer | string,
  coding: Coding,
  { ffmpeg, signal }: { ffmpeg?: string | undefined; signal?: AbortSignal | undefined },
): Promise<Buffer> {
  if (typeof clip === "string") return encodeFile(path.resolve(clip), coding, { ffmpeg, signal });
  // Not through a pipe: some formats have their index at the end.
  const folder = await mkdtemp(path.join(os.tmpdir(), "clip-"));
  try {
    const file = path.join(folder, "clip");
    await writeFile(file, clip);
    return await encodeFile(file, coding, { ffmpeg, signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function encodeFile(
  file: string,
  coding: Coding,
  options: { ffmpeg?: string | undefined; signal?: AbortSignal | undefined },
): Promise<Buffer> {
  const sound = await runFfmpeg({
    ...options,
    args: [
      ...[
        "-protocol_whitelist",
        "file",
        "-i",
        `file:${file}`,
        "-map",
        "0:a:0",
        "-t",
        String(MAX_SECONDS + 1),
      ],
      ...["-ac", "1", "-ar", String(BYTES_PER_SECOND), "-f", codings[coding].format, "pipe:1"],
    ],
    maxOutput: MAX_SECONDS * BYTES_PER_SECOND,
  }).catch((thrown: unknown) => {
    if (!(thrown instanceof SurveillanceError) || thrown.code !== "TOO_LARGE") throw thrown;
    throw new SurveillanceError("TOO_LARGE", `The clip is longer than ${MAX_SECONDS / 60} minutes.`);
  });
  if (sound.length > 0) return sound;
  throw new SurveillanceError("FFMPEG_FAILED", "There is no sound in the clip.");
}
