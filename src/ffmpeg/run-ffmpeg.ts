import { SurveillanceError } from "../core/errors";
import { findFfmpeg } from "./ffmpeg-binary";
import { FfmpegProcess, stderrDetails, type ProcessEnd } from "./ffmpeg-process";

export interface FfmpegRun {
  /** The path from the settings of the node. */
  ffmpeg?: string | undefined;
  args: readonly string[];
  signal?: AbortSignal | undefined;
  /** The most bytes on standard output; ffmpeg is killed if it writes more. @default 0 */
  maxOutput?: number;
}

const ALWAYS = ["-hide_banner", "-nostats", "-nostdin", "-loglevel", "error", "-y"];

/**
 * Runs ffmpeg on files and waits for its end.
 *
 * @returns the bytes from standard output
 * @throws {SurveillanceError} FFMPEG_MISSING, FFMPEG_TOO_OLD, FFMPEG_FAILED with the tail of standard error, FILE_WRITE
 * if the disk is full, TOO_LARGE, CLOSED
 */
export async function runFfmpeg({ ffmpeg, args, signal, maxOutput = 0 }: FfmpegRun): Promise<Buffer> {
  const binary = await findFfmpeg({ setting: ffmpeg });
  if (isAborted(signal)) throw closed();
  const output: Buffer[] = [];
  let size = 0;
  const end = await new Promise<ProcessEnd>((resolve) => {
    const process = new FfmpegProcess(binary, {
      args: [...ALWAYS, ...args],
      onEnd: (ended) => {
        signal?.removeEventListener("abort", kill);
        resolve(ended);
      },
    });
    const kill = (): void => {
      process.kill();
    };
    signal?.addEventListener("abort", kill);
    process.extra.resume();
    process.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxOutput) kill();
      else output.push(chunk);
    });
  });
  if (isAborted(signal)) throw closed();
  if (size > maxOutput) {
    throw new SurveillanceError("TOO_LARGE", `The output of ffmpeg is larger than ${maxOutput} bytes.`);
  }
  if (end.ending !== "exit code 0") throw failure(end);
  return Buffer.concat(output);
}

function failure({ ending, stderrTail }: ProcessEnd): SurveillanceError {
  const details = stderrDetails(stderrTail);
  if (/no space left|disk quota/i.test(stderrTail)) {
    const advice = "Free some space, or choose another folder.";
    return new SurveillanceError("FILE_WRITE", "ffmpeg could not write its output file.", {
      advice,
      ...details,
    });
  }
  return new SurveillanceError("FFMPEG_FAILED", `ffmpeg failed (${ending}).`, details);
}

/** A function, because the compiler does not expect the value to change. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function closed(): SurveillanceError {
  return new SurveillanceError("CLOSED", "ffmpeg was stopped.");
}
