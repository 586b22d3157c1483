import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Coding } from "./coding";
import { avc } from "./h264";
import { hevc } from "./h265";

const run = promisify(execFile);
const MAX_CLIP_BYTES = 512 * 1024 * 1024;

/** One coded frame with the parameter sets and messages before it (H.264, 7.4.1.2.3). */
export interface AccessUnit {
  nals: Buffer[];
  keyframe: boolean;
}

export interface Clip {
  coding: Coding;
  units: AccessUnit[];
  fps: number;
  parameterSets: Buffer[];
}

/**
 * Reads the H.264 or H.265 of any file that ffmpeg opens into memory, as the coded frames that a camera sends.
 *
 * @throws if there is no such video, no keyframe, or there are B frames: cameras do not send them, and the simulator
 * does not reorder frames
 */
export async function loadClip(file: string, ffmpeg: string): Promise<Clip> {
  const coding = file.endsWith(".h265") ? hevc : avc;
  const format = coding === hevc ? "hevc" : "h264";
  const { stdout, stderr } = await run(
    ffmpeg,
    ["-hide_banner", "-nostdin", "-i", file, "-map", "0:v:0", "-c", "copy", "-f", format, "pipe:1"],
    { encoding: "buffer", maxBuffer: MAX_CLIP_BYTES },
  );
  const nals = splitAnnexB(stdout);
  const parameterSets = coding.parameterSets.map((type) => nals.find((nal) => coding.typeOf(nal) === type));
  const known = parameterSets.filter((set) => set !== undefined);
  if (known.length < parameterSets.length) throw new Error(`${file} contains no parameter sets`);
  if (nals.some((nal) => coding.isBidirectional(nal)))
    throw new Error(`${file} contains B frames: encode it with -bf 0`);
  const units = accessUnits(nals, coding);
  const first = units.findIndex((unit) => unit.keyframe);
  if (first < 0) throw new Error(`${file} contains no keyframe`);
  const fps = Number(/, (\d+(?:\.\d+)?) fps/.exec(stderr.toString())?.[1] ?? 25);
  return { coding, units: units.slice(first), fps, parameterSets: known };
}

/** Returns the units between the start codes of a byte stream (H.264, annex B), without trailing zeros. */
function splitAnnexB(stream: Buffer): Buffer[] {
  const nals: Buffer[] = [];
  const startCode = Buffer.from([0, 0, 1]);
  let start = stream.indexOf(startCode);
  while (start >= 0) {
    const next = stream.indexOf(startCode, start + 3);
    let end = next < 0 ? stream.length : next;
    while (end > start + 3 && stream[end - 1] === 0) end--;
    if (end > start + 3) nals.push(stream.subarray(start + 3, end));
    start = next;
  }
  return nals;
}

/** Groups units into coded frames. A frame begins with its first slice, or with a unit that may only precede one. */
function accessUnits(nals: Buffer[], coding: Coding): AccessUnit[] {
  const units: AccessUnit[] = [];
  let current: AccessUnit = { nals: [], keyframe: false };
  let hasSlice = false;
  for (const nal of nals) {
    const type = coding.typeOf(nal);
    const slice = coding.isSlice(type);
    if (hasSlice && ((slice && coding.isFirst(nal)) || coding.precedes(type))) {
      units.push(current);
      current = { nals: [], keyframe: false };
      hasSlice = false;
    }
    current.nals.push(nal);
    current.keyframe ||= coding.isKeyframe(type);
    hasSlice ||= slice;
  }
  if (hasSlice) units.push(current);
  return units;
}
