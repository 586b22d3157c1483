import type { Coding } from "./coding";

/** Table 7-1 of H.265 */
const NAL = {
  lastSlice: 31,
  firstKeyframe: 16,
  lastKeyframe: 23,
  vps: 32,
  sps: 33,
  pps: 34,
  delimiter: 35,
  sei: 39,
};

export const hevc: Coding = {
  rtpName: "H265",
  typeOf: (nal) => ((nal[0] ?? 0) >> 1) & 0x3f,
  isSlice: (type) => type <= NAL.lastSlice,
  // first_slice_segment_in_pic_flag
  isFirst: (nal) => ((nal[2] ?? 0) & 0x80) !== 0,
  isKeyframe: (type) => type >= NAL.firstKeyframe && type <= NAL.lastKeyframe,
  precedes: (type) => (type >= NAL.vps && type <= NAL.delimiter) || type === NAL.sei,
  parameterSets: [NAL.vps, NAL.sps, NAL.pps],
  // Encoders make "generalised" B slices that do not refer to later frames: the type does not show the difference.
  isBidirectional: () => false,
};
