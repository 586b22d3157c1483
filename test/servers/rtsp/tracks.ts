import type { H264Clip } from "./h264";
import { CLOCK_RATE } from "./rtp";

/** In the order of their trackIDs, as cameras number them. */
const trackNames = ["video", "audio", "metadata"] as const;
export type TrackName = (typeof trackNames)[number];

export const AUDIO_RATE = 8000;
const VIDEO_PAYLOAD_TYPE = 96;
const PCMU = 0;

export interface TrackFacts {
  clip: H264Clip;
  sprop: boolean;
  metadataPayloadType: number;
}

export function payloadTypeOf(track: TrackName, { metadataPayloadType }: TrackFacts): number {
  return { video: VIDEO_PAYLOAD_TYPE, audio: PCMU, metadata: metadataPayloadType }[track];
}

/** How a track's URL ends. */
export function controlOf(track: TrackName): string {
  return `trackID=${trackNames.indexOf(track) + 1}`;
}

export function clockRateOf(track: TrackName): number {
  return track === "audio" ? AUDIO_RATE : CLOCK_RATE;
}

/** One track's part of the stream description (RFC 2327, RFC 6184 8.2.1). */
export function describeTrack(track: TrackName, facts: TrackFacts): string {
  const type = payloadTypeOf(track, facts);
  const control = `a=control:${controlOf(track)}\r\n`;
  if (track === "audio")
    return `m=audio 0 RTP/AVP ${type}\r\na=rtpmap:${type} PCMU/${AUDIO_RATE}\r\n${control}`;
  if (track === "metadata")
    return `m=application 0 RTP/AVP ${type}\r\na=rtpmap:${type} isapi.metadata/90000\r\n${control}`;
  const { sps, pps } = facts.clip;
  const level = sps.subarray(1, 4).toString("hex").toUpperCase();
  const sets = [sps, pps].map((set) => set.toString("base64")).join(",");
  const sprop = facts.sprop ? `;sprop-parameter-sets=${sets}` : "";
  return (
    `m=video 0 RTP/AVP ${type}\r\na=rtpmap:${type} H264/90000\r\n` +
    `a=fmtp:${type} packetization-mode=1;profile-level-id=${level}${sprop}\r\n${control}`
  );
}
