import type { Coding } from "./coding";

const NAL = { slice: 1, keyframe: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 } as const;

export const avc: Coding = {
  rtpName: "H264",
  typeOf,
  isSlice: (type) => type === NAL.slice || type === NAL.keyframe,
  // first_mb_in_slice is an Exp-Golomb number: 0 is a single set bit.
  isFirst: (nal) => ((nal[1] ?? 0) & 0x80) !== 0,
  isKeyframe: (type) => type === NAL.keyframe,
  precedes: (type) => type >= NAL.sei && type <= NAL.delimiter,
  parameterSets: [NAL.sps, NAL.pps],
  isBidirectional,
};

function typeOf(nal: Buffer): number {
  return (nal[0] ?? 0) & 0x1f;
}

/** Tells whether a unit is a B slice: slice_type, the second Exp-Golomb number of the slice header, is 1 or 6. */
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
