import { SurveillanceError } from "../../core/errors";
import { definedFields, numberOf, textOf, type Fields } from "../../core/fields";
import type { DeviceClock } from "./device-clock";

/** A recording from a device's search. Fields that the device does not send are absent. */
export interface Recording {
  track: string;
  /** Real time, ISO 8601. */
  start?: string;
  end?: string;
  /** As the device wrote them. */
  deviceStart?: string;
  deviceEnd?: string;
  /** `motion`, `timing`, … */
  type?: string;
  /** `H.264-BP`, … */
  codec?: string;
  /** The file's name on the device. */
  name?: string;
  /** Bytes */
  size?: number;
  /** The address of the recording, to play or download it. Only this device understands it. */
  playbackUri?: string;
  /** False if the device sends no playback URI: the recording exists, but cannot be requested. */
  downloadable?: false;
}

export type DownloadableRecording = Recording & { playbackUri: string };

export function isDownloadable(recording: Recording): recording is DownloadableRecording {
  return recording.playbackUri !== undefined;
}

/** Reads a `searchMatchItem`. */
export function readMatch(item: Fields, clock: DeviceClock, track: string): Recording {
  const media = item.mediaSegmentDescriptor;
  const playbackUri = textOf(media, "playbackURI")?.trim();
  const deviceStart = textOf(item.timeSpan, "startTime");
  const deviceEnd = textOf(item.timeSpan, "endTime");
  const inUri = uriParameters(playbackUri ?? "");
  const size = numberOf(inUri, "size");
  return present({
    track: textOf(item, "trackID") ?? track,
    start: clock.toReal(deviceStart),
    end: clock.toReal(deviceEnd),
    deviceStart,
    deviceEnd,
    type: textOf(item.metadataMatches, "metadataDescriptor")?.split("/").at(-1),
    codec: textOf(media, "codecType"),
    name: textOf(inUri, "name"),
    size: size !== undefined && size > 0 ? size : undefined,
    playbackUri,
    downloadable: playbackUri === undefined ? false : undefined,
  });
}

/**
 * Reads the parameters of `rtsp://…/tracks/101?starttime=2026-03-02 08:00:00Z&name=0001&size=924`. A URL parser cannot:
 * devices do not escape spaces and `@`.
 */
function uriParameters(uri: string): Record<string, string> {
  const query = uri.split("?").slice(1).join("?");
  const pairs = query.split("&").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [name.toLowerCase(), value.join("=")] as const;
  });
  return Object.fromEntries(pairs);
}

function present(recording: { [Key in keyof Recording]: Recording[Key] | undefined }): Recording {
  return definedFields<unknown>(recording) as unknown as Recording;
}

/**
 * Makes a recording from its playback URI.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function recordingOf(playbackUri: string): DownloadableRecording {
  const { starttime, endtime, name, size } = uriParameters(playbackUri);
  const track = /\/tracks\/(\d+)/i.exec(playbackUri)?.[1];
  if (track === undefined || !/^rtsp:\/\//i.test(playbackUri)) {
    throw new SurveillanceError("CONFIG_INVALID", "The playback URI is not that of a recording.", {
      advice: "Use payload.playbackUri from a search.",
    });
  }
  return {
    track,
    playbackUri,
    ...(starttime !== undefined && { deviceStart: starttime }),
    ...(endtime !== undefined && { deviceEnd: endtime }),
    ...(name !== undefined && { name }),
    ...(size !== undefined && Number(size) > 0 && { size: Number(size) }),
  };
}
