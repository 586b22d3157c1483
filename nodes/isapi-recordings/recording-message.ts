import type { NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { isFields, textOf, type Fields } from "../../src/core/fields";
import {
  isDownloadable,
  recordingOf,
  type DownloadableRecording,
  type Recording,
} from "../../src/isapi/recordings/recording";
import type { TimeSpan } from "../../src/isapi/recordings/recordings";
import { textOption } from "../kit/options";

/** What a message may hold in place of a setting. */
export interface RecordingWishes {
  action?: unknown;
  track?: unknown;
  start?: unknown;
  end?: unknown;
  recordType?: unknown;
  folder?: unknown;
}

export interface RecordingMessage extends NodeMessageInFlow, RecordingWishes {
  /** To download: the name of a recording among those found. */
  name?: unknown;
  filename?: unknown;
}

/** Track and time that are meant; to play a recording that a search has found, its own. */
export function spanOf(
  msg: RecordingWishes & { payload?: unknown },
  config: RecordingWishes,
): TimeSpan & { type: string | undefined } {
  const found = isFound(msg.payload) ? msg.payload : {};
  const type = textOption(msg.recordType ?? config.recordType);
  return {
    track: textOption(msg.track ?? found.track ?? config.track) ?? "101",
    start: given(msg.start ?? found.start ?? config.start),
    end: given(msg.end ?? found.end ?? config.end),
    type: type === "all" ? undefined : type,
  };
}

/**
 * The recordings that a message brings from a search; undefined where it brings none.
 * @throws {SurveillanceError} CONFIG_INVALID where one is not what a search gives
 */
export function recordingsIn(payload: unknown): Recording[] | undefined {
  const items = [payload].flat();
  if (!items.some(isFound)) return undefined;
  return items.map((item) => {
    const fields = isFields(item) ? item : {};
    if (fields.downloadable === false) return fields as unknown as Recording;
    return { ...fields, ...recordingOf(textOf(item, "playbackUri") ?? "") };
  });
}

/**
 * The recordings that can be downloaded; of the others, a warning says how many they are.
 *
 * @param where the device, as messages name it
 * @throws {SurveillanceError} ISAPI_NOT_FOUND where there are none
 */
export function downloadable(
  recordings: readonly Recording[],
  where: string,
  warn: (text: string) => void,
): DownloadableRecording[] {
  const all = recordings.filter(isDownloadable);
  const lacking = recordings.length - all.length;
  const unnamed = `${where} tells no playback URI of ${lacking} recordings: they cannot be downloaded.`;
  if (all.length === 0) {
    const message = lacking === 0 ? `There is no such recording at ${where}.` : unnamed;
    throw new SurveillanceError("ISAPI_NOT_FOUND", message);
  }
  if (lacking > 0) warn(unnamed);
  return all;
}

/** Whether a search has found it, whether or not it can be downloaded. */
function isFound(item: unknown): item is Fields {
  return isFields(item) && ("playbackUri" in item || item.downloadable === false);
}

/** A blank field is no time. */
function given(time: unknown): unknown {
  return time === null || time === "" ? undefined : time;
}
