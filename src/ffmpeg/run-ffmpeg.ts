import { SurveillanceError } from "../core/errors";
import { findFfmpeg } from "./ffmpeg-binary";
import { spawnGuarded } from "./guarded-child";
import { ffmpegSaid } from "./words";

export interface FfmpegRun {
  /** The path that the user entered at the node. */
  ffmpeg?: string | undefined;
  args: readonly string[];
  signal?: AbortSignal | undefined;
  /** Bytes that it may write to standard output; beyond them it is stopped. */
  maxOutput?: number;
}

const MAX_WORDS = 2000;
const ALWAYS = ["-hide_banner", "-nostats", "-nostdin", "-loglevel", "error", "-y"];

/**
 * Lets ffmpeg work on files until it is through.
 *
 * @returns what it wrote to standard output
 * @throws {SurveillanceError} FFMPEG_MISSING, FFMPEG_TOO_OLD, FFMPEG_FAILED with its last words, FILE_WRITE where the
 * disk is full, TOO_LARGE, CLOSED
 */
export async function runFfmpeg({ ffmpeg, args, signal, maxOutput = 0 }: FfmpegRun): Promise<Buffer> {
  const { path } = await findFfmpeg({ setting: ffmpeg });
  if (isAborted(signal)) throw closed();
  const { process: child, stdin, stdout, stderr, extra } = spawnGuarded(path, [...ALWAYS, ...args]);
  const kill = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", kill);
  const output: Buffer[] = [];
  let size = 0;
  let words = "";
  extra.resume();
  stdin.end();
  stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxOutput) kill();
    else output.push(chunk);
  });
  stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-MAX_WORDS);
  });
  const ending = await new Promise<string>((resolve) => {
    child.on("error", (error) => {
      words += error.message;
    });
    child.on("close", (code, killedBy) => {
      resolve(killedBy === null ? `exit code ${code ?? "unknown"}` : `signal ${killedBy}`);
    });
  });
  signal?.removeEventListener("abort", kill);
  if (isAborted(signal)) throw closed();
  if (size > maxOutput) {
    throw new SurveillanceError("TOO_LARGE", `ffmpeg made more than ${maxOutput} bytes.`);
  }
  if (ending !== "exit code 0") throw failure(ending, words.trim().replace(/\s*\n\s*/g, "; "));
  return Buffer.concat(output);
}

function failure(ending: string, words: string): SurveillanceError {
  const said = ffmpegSaid(words);
  const details = said === undefined ? {} : { details: said };
  if (/no space left|disk quota/i.test(words)) {
    const advice = "Free some space, or choose another folder.";
    return new SurveillanceError("FILE_WRITE", "ffmpeg could not write its file.", { advice, ...details });
  }
  return new SurveillanceError("FFMPEG_FAILED", `ffmpeg failed (${ending}).`, details);
}

/** Asked twice: in between, it may come to be. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function closed(): SurveillanceError {
  return new SurveillanceError("CLOSED", "ffmpeg was stopped.");
}
