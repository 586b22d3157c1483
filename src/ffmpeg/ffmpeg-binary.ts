import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { SurveillanceError, toError } from "../core/errors";

const run = promisify(execFile);
const load = createRequire(__filename);
const PROBE_TIMEOUT_MS = 10_000;

/**
 * libavformat of ffmpeg 5.0. Releases before it read `-timeout` of an RTSP input as "wait for a caller" and do not take
 * options in an ffconcat script, which is what keeps the password out of the process list.
 */
const OLDEST_LIBAVFORMAT = 59;

export interface FfmpegBinary {
  /** What to spawn: a file, or `ffmpeg` for the one on the PATH. */
  path: string;
  /** As the binary calls itself: `7.0.2`, `5.1.9-0+deb12u1`, `N-109542-g8bdf6f1`. */
  version: string;
  /** Major and minor version of its libavformat: git builds have a telling number only there. */
  libavformat: readonly [major: number, minor: number];
}

export interface FindFfmpegOptions {
  /** The path that the user entered at the node. */
  setting?: string | undefined;
  env?: NodeJS.ProcessEnv;
  /** Where to look when neither the setting nor FFMPEG_PATH names one, first come first served. */
  candidates?: () => string[];
}

/**
 * Finds an ffmpeg that is new enough. A path which the user names (the setting, else `FFMPEG_PATH`) is the only one
 * tried, so that a typing error does not silently run another ffmpeg. Otherwise the first usable one out of
 * `ffmpeg-static`, an installed `@ffmpeg-binary/<platform>-<arch>` and the PATH.
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
    new SurveillanceError("FFMPEG_MISSING", "No ffmpeg was found on this computer.", {
      advice:
        "Install ffmpeg 5.0 or newer (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg), " +
        "or enter its path at the node or in FFMPEG_PATH.",
    })
  );
}

const probes = new Map<string, Promise<FfmpegBinary>>();

/** Asks a binary for its version, once per path; a failure is not kept, for the user may install it meanwhile. */
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
    banner = (await run(file, ["-version"], { timeout: PROBE_TIMEOUT_MS, windowsHide: true })).stdout;
  } catch (thrown) {
    throw new SurveillanceError("FFMPEG_MISSING", `ffmpeg does not run: ${toError(thrown).message.trim()}.`, {
      advice: "Check the path at the node or in FFMPEG_PATH, and that the file may be executed.",
    });
  }
  const version = /^ffmpeg version (\S+)/m.exec(banner)?.[1];
  const library = /^libavformat\s+(\d+)\.\s*(\d+)/m.exec(banner);
  if (version === undefined || library === null) {
    throw new SurveillanceError("FFMPEG_MISSING", `${file} is not ffmpeg: it prints no ffmpeg version.`, {
      advice: "Enter the path of the ffmpeg program itself.",
    });
  }
  const major = Number(library[1]);
  if (major < OLDEST_LIBAVFORMAT) {
    throw new SurveillanceError("FFMPEG_TOO_OLD", `${file} is ffmpeg ${version}, which is older than 5.0.`, {
      advice: "Install ffmpeg 5.0 or newer, or enter the path of a newer one at the node or in FFMPEG_PATH.",
    });
  }
  return { path: file, version, libavformat: [major, Number(library[2])] };
}

function installedBinaries(): string[] {
  return [ffmpegStatic(), ffmpegBinaryPackage(), "ffmpeg"].filter((file) => file !== undefined);
}

/** The optional dependency exports the path of what it downloaded at installation, null on platforms it lacks. */
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
