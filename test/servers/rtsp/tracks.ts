import type { Clip } from "./clip";
import { CLOCK_RATE } from "./rtp";

/** The tracks in the order of their track IDs, as on real cameras. */
const trackNames = ["video", "audio", "metadata"] as const;
export type TrackName = (typeof trackNames)[number];

export const AUDIO_RATE = 8000;
const VIDEO_PAYLOAD_TYPE = 96;
const PCMU = 0;

export interface TrackFacts {
  clip: Clip;
  sprop: boolean;
  metadataPayloadType: number;
}

export function payloadTypeOf(track: TrackName, { metadataPayloadType }: TrackFacts): number {
  return { video: VIDEO_PAYLOAD_TYPE, audio: PCMU, metadata: metadataPayloadType }[track];
}

/** Returns the end of the URL of a track. */
export function controlOf(track: TrackName): string {
  return `trackID=${trackNames.indexOf(track) + 1}`;
}

export function clockRateOf(track: TrackName): number {
  return track === "audio" ? AUDIO_RATE : CLOCK_RATE;
}

/** Returns the part of the stream description for one track (RFC 2327, RFC 6184 8.2.1). */
export function describeTrack(track: TrackName, facts: TrackFacts): string {
  const type = payloadTypeOf(track, facts);
  const control = `a=control:${controlOf(track)}\r\n`;
  if (track === "audio")
    return `m=audio 0 RTP/AVP ${type}\r\na=rtpmap:${type} PCMU/${AUDIO_RATE}\r\n${control}`;
  if (track === "metadata")
    return `m=application 0 RTP/AVP ${type}\r\na=rtpmap:${type} isapi.metadata/90000\r\n${control}`;
  const { coding } = facts.clip;
  return `m=video 0 RTP/AVP ${type}\r\na=rtpmap:${type} ${coding.rtpName}/90000\r\n${formatOf(type, facts)}${control}`;
}

/** Returns the format parameters of the video (RFC 6184 8.2.1, RFC 7798 7.1). */
function formatOf(type: number, { clip: { coding, parameterSets }, sprop }: TrackFacts): string {
  const [first = "", second = "", third = ""] = parameterSets.map((set) => set.toString("base64"));
  if (coding.rtpName === "H265") {
    const sets = `sprop-vps=${first};sprop-sps=${second};sprop-pps=${third}`;
    return sprop ? `a=fmtp:${type} ${sets}\r\n` : "";
  }
  const level = parameterSets[0]?.subarray(1, 4).toString("hex").toUpperCase() ?? "";
  const sets = sprop ? `;sprop-parameter-sets=${first},${second}` : "";
  return `a=fmtp:${type} packetization-mode=1;profile-level-id=${level}${sets}\r\n`;
}
