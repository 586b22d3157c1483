import { SurveillanceError } from "../../core/errors";

const RTSP_PORT = 554;

/**
 * The URL that plays a track's recordings of a time. It holds no user name and password: who opens it has its own.
 * Source: ISAPI guide, "Playback by time". Many devices ignore `endtime` and play on.
 *
 * @param host of the device, as it is reached from here: the one in its own search results may be another
 * @param times `2026-03-02T08:00:00Z`, by the device's clock; without an end, it plays on
 */
export function playbackUrl(
  host: string,
  track: string,
  times: { start: string; end?: string | undefined },
  port = RTSP_PORT,
): string {
  const compact = (time: string): string => time.replace(/[-:]/g, "");
  const end = times.end === undefined ? "" : `&endtime=${compact(times.end)}`;
  const address = port === RTSP_PORT ? host : `${host}:${port}`;
  return `rtsp://${address}/Streaming/tracks/${track}?starttime=${compact(times.start)}${end}`;
}

/** @throws {SurveillanceError} CONFIG_INVALID */
export function checkTrack(track: string): string {
  if (/^\d{1,6}$/.test(track) && Number(track) > 0) return track;
  throw new SurveillanceError("CONFIG_INVALID", `"${track}" is no track.`, {
    advice: "Channel 1 records its main stream on track 101.",
  });
}
