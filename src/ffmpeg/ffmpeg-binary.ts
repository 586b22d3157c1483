import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { childEnvironment } from "../core/child-process";
import { SurveillanceError, toError } from "../core/errors";

const run = promisify(execFile);
const load = createRequire(__filename);
const PROBE_TIMEOUT_MS = 10_000;

/**
 * libavformat of ffmpeg 5.0. Older releases read `-timeout` of an RTSP input as "wait for a caller". They also do not
 * support options in an ffconcat script, and that script keeps the password out of the process list.
 */
const OLDEST_LIBAVFORMAT = 59;

export interface FfmpegBinary {
  /** The program to start: a file, or `ffmpeg` for the one on the PATH. */
  path: string;
  /** The version that the binary prints: `7.0.2`, `5.1.9-0+deb12u1`, `N-109542-g8bdf6f1`. */
  version: string;
  /** Major and minor version of its libavformat: the only comparable number of a git build. */
  libavformat: readonly [major: number, minor: number];
}

export interface FindFfmpegOptions {
  /** The path from the settings of the node. */
  setting?: string | undefined;
  env?: NodeJS.ProcessEnv;
  /** Returns the programs to try when neither the setting nor FFMPEG_PATH names one, the best first. */
  candidates?: () => string[];
}

/**
 * Finds an ffmpeg that is new enough. If the user sets a path (in the node, else in `FFMPEG_PATH`), the function tries
 * only that path: a typing error must not start another ffmpeg. Otherwise it tries `ffmpeg-static`, an installed
 * `@ffmpeg-binary/<platform>-<arch>` and the PATH, in this order.
 *
 * @throws {SurveillanceError} FFMPEG_MISSING, FFMPEG_TOO_OLD
 */
export async function findFfmpeg(options: FindFfmpegOptions = {}): Promise<FfmpegBinary> {
  const { setting, env = process.env, candidates = installedBinaries } = options;
  const named = nonEmpty(setting) ?? nonEmpty(env.FFMPEG_PATH);
  if (named !== undefined) return probeFfmpeg(named);

  let tooOld: SurveillanceError | undefined;
  for (const candidate of candidates()) {
    try {
      return await probeFfmpeg(candidate);
    } catch (error) {
      if (error instanceof SurveillanceError && error.code === "FFMPEG_TOO_OLD") tooOld ??= error;
    }
  }
  throw (
    tooOld ??
    new SurveillanceError("FFMPEG_MISSING", "ffmpeg was not found on this computer.", {
      advice:
        "Install ffmpeg 5.0 or newer (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg), " +
        "or set its path in the node or in FFMPEG_PATH.",
    })
  );
}

const probes = new Map<string, Promise<FfmpegBinary>>();

/** Reads the version of a binary once per path. It does not keep a failure: the user may install ffmpeg meanwhile. */
function probeFfmpeg(file: string): Promise<FfmpegBinary> {
  let probe = probes.get(file);
  if (probe === undefined) {
    probe = probeVersion(file);
    probes.set(file, probe);
    probe.catch(() => probes.delete(file));
  }
  return probe;
}

async function probeVersion(file: string): Promise<FfmpegBinary> {
  let banner: string;
  try {
    const options = { timeout: PROBE_TIMEOUT_MS, windowsHide: true, env: childEnvironment() };
    banner = (await run(file, ["-version"], options)).stdout;
  } catch (thrown) {
    throw new SurveillanceError(
      "FFMPEG_MISSING",
      `ffmpeg does not start: ${toError(thrown).message.trim()}.`,
      {
        advice: "Check the path in the node or in FFMPEG_PATH, and that the file is executable.",
      },
    );
  }
  const version = /^ffmpeg version (\S+)/m.exec(banner)?.[1];
  const library = /^libavformat\s+(\d+)\.\s*(\d+)/m.exec(banner);
  if (version === undefined || library === null) {
    throw new SurveillanceError(
      "FFMPEG_MISSING",
      `${file} is not ffmpeg: it does not print an ffmpeg version.`,
      {
        advice: "Enter the path of the ffmpeg program.",
      },
    );
  }
  const major = Number(library[1]);
  if (major < OLDEST_LIBAVFORMAT) {
    throw new SurveillanceError("FFMPEG_TOO_OLD", `${file} is ffmpeg ${version}, which is older than 5.0.`, {
      advice: "Install ffmpeg 5.0 or newer, or set the path of a newer one in the node or in FFMPEG_PATH.",
    });
  }
  return { path: file, version, libavformat: [major, Number(library[2])] };
}

function installedBinaries(): string[] {
  return [ffmpegStatic(), ffmpegBinaryPackage(), "ffmpeg"].filter((file) => file !== undefined);
}

/** Returns the program that the optional dependency downloaded. It exports null on unsupported platforms. */
function ffmpegStatic(): string | undefined {
  try {
    const file: unknown = load("ffmpeg-static");
    return typeof file === "string" ? file : undefined;
  } catch {
    return undefined;
  }
}

function ffmpegBinaryPackage(): string | undefined {
  try {
    const manifest = load.resolve(`@ffmpeg-binary/${process.platform}-${process.arch}/package.json`);
    return path.join(path.dirname(manifest), process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg");
  } catch {
    return undefined;
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
}
