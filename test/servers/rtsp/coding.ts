/** What has to be known of a coding to find its frames. */
export interface Coding {
  /** As RTP calls it (RFC 6184, RFC 7798). */
  rtpName: "H264" | "H265";
  typeOf(nal: Buffer): number;
  isSlice(type: number): boolean;
  /** Of a slice: whether it is the first of its frame. */
  isFirst(nal: Buffer): boolean;
  isKeyframe(type: number): boolean;
  /** What may only stand before the first slice of a frame. */
  precedes(type: number): boolean;
  /** Types of the parameter sets, in the order in which the stream description names them. */
  parameterSets: readonly number[];
  isBidirectional(nal: Buffer): boolean;
}
