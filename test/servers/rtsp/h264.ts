import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const MAX_CLIP_BYTES = 512 * 1024 * 1024;

const NAL = { slice: 1, keyframe: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 } as const;

/** One coded picture with the parameter sets and messages before it (H.264, 7.4.1.2.3). */
export interface AccessUnit {
  nals: Buffer[];
  keyframe: boolean;
}

export interface H264Clip {
  units: AccessUnit[];
  fps: number;
  sps: Buffer;
  pps: Buffer;
}

/**
 * Reads the H.264 of any file that ffmpeg opens into memory, as the coded pictures that a camera sends.
 *
 * @throws where there is no H.264, no keyframe, or B pictures: cameras send none, and they would need reordering
 */
export async function loadClip(file: string, ffmpeg: string): Promise<H264Clip> {
  const { stdout, stderr } = await run(
    ffmpeg,
    ["-hide_banner", "-nostdin", "-i", file, "-map", "0:v:0", "-c", "copy", "-f", "h264", "pipe:1"],
    { encoding: "buffer", maxBuffer: MAX_CLIP_BYTES },
  );
  const nals = splitAnnexB(stdout);
  const sps = nals.find((nal) => typeOf(nal) === NAL.sps);
  const pps = nals.find((nal) => typeOf(nal) === NAL.pps);
  if (sps === undefined || pps === undefined) throw new Error(`${file} holds no H.264 parameter sets`);
  if (nals.some(isBidirectional)) throw new Error(`${file} holds B pictures: encode it with -bf 0`);
  const units = accessUnits(nals);
  const first = units.findIndex((unit) => unit.keyframe);
  if (first < 0) throw new Error(`${file} holds no keyframe`);
  const fps = Number(/, (\d+(?:\.\d+)?) fps/.exec(stderr.toString())?.[1] ?? 25);
  return { units: units.slice(first), fps, sps, pps };
}

/** The units between the start codes of a byte stream (H.264, annex B), without the zeros that trail them. */
export function splitAnnexB(stream: Buffer): Buffer[] {
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

/** Groups units into coded pictures: a new one begins with the first slice, or with what may only precede one. */
export function accessUnits(nals: Buffer[]): AccessUnit[] {
  const units: AccessUnit[] = [];
  let current: AccessUnit = { nals: [], keyframe: false };
  let hasSlice = false;
  for (const nal of nals) {
    const type = typeOf(nal);
    const slice = type === NAL.slice || type === NAL.keyframe;
    // first_mb_in_slice is an Exp-Golomb number: 0 is a single set bit.
    const firstSlice = slice && ((nal[1] ?? 0) & 0x80) !== 0;
    const precedes = type >= NAL.sei && type <= NAL.delimiter;
    if (hasSlice && (firstSlice || precedes)) {
      units.push(current);
      current = { nals: [], keyframe: false };
      hasSlice = false;
    }
    current.nals.push(nal);
    current.keyframe ||= type === NAL.keyframe;
    hasSlice ||= slice;
  }
  if (hasSlice) units.push(current);
  return units;
}

function typeOf(nal: Buffer): number {
  return (nal[0] ?? 0) & 0x1f;
}

/** Whether a unit is a B slice: slice_type, the second Exp-Golomb number of the slice header, is 1 or 6. */
function isBidirectional(nal: Buffer): boolean {
  if (typeOf(nal) !== NAL.slice) return false;
  let position = 8;
  const bit = (): number => {
    const value = ((nal[position >> 3] ?? 0xff) >> (7 - (position & 7))) & 1;
    position++;
    return value;
  };
  const expGolomb = (): number => {
    let zeros = 0;
    while (bit() === 0) zeros++;
    let value = 1;
    for (let i = 0; i < zeros; i++) value = value * 2 + bit();
    return value - 1;
  };
  expGolomb();
  return expGolomb() % 5 === 1;
}
