/** The properties of a coding that are needed to find its frames. */
export interface Coding {
  /** The name in RTP (RFC 6184, RFC 7798). */
  rtpName: "H264" | "H265";
  typeOf(nal: Buffer): number;
  isSlice(type: number): boolean;
  /** Tells whether a slice is the first of its frame. */
  isFirst(nal: Buffer): boolean;
  isKeyframe(type: number): boolean;
  /** Tells whether a unit can only be before the first slice of a frame. */
  precedes(type: number): boolean;
  /** Types of the parameter sets, in the order of the stream description. */
  parameterSets: readonly number[];
  isBidirectional(nal: Buffer): boolean;
}
