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
import type { OptionValues } from "../kit/option-kinds";
import type { options } from "./options";

export type RecordingOptions = OptionValues<typeof options>;

/** The settings that a message may replace. */
type Overrides = Partial<Record<"action" | "track" | "start" | "end" | "recordType" | "folder", unknown>>;

export interface RecordingMessage extends NodeMessageInFlow, Overrides {
  /** For a download: the name of one of the found recordings. */
  name?: unknown;
  filename?: unknown;
}

/** Returns the settings in a message. A recording from a search adds its own track and time. */
export function overridesIn(msg: Overrides & { payload?: unknown }): Overrides {
  const found = isFound(msg.payload) ? msg.payload : {};
  const { action, recordType, folder } = msg;
  const [track, start, end] = [msg.track ?? found.track, msg.start ?? found.start, msg.end ?? found.end];
  return { action, track, start, end, recordType, folder };
}

/** Returns the track, time and type to search for. */
export function spanOf({
  track,
  start,
  end,
  recordType,
}: Pick<RecordingOptions, "track" | "start" | "end" | "recordType">): TimeSpan & {
  type: string | undefined;
} {
  return { track, start: given(start), end: given(end), type: recordType === "all" ? undefined : recordType };
}

/**
 * Returns the recordings of a search in a payload; undefined if it contains none.
 *
 * @throws {SurveillanceError} CONFIG_INVALID for an item that is not from a search
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
 * Returns the downloadable recordings. A warning reports the number of the others.
 *
 * @param where the device's name in messages
 * @throws {SurveillanceError} ISAPI_NOT_FOUND if there are none
 */
export function downloadable(
  recordings: readonly Recording[],
  where: string,
  warn: (text: string) => void,
): DownloadableRecording[] {
  const all = recordings.filter(isDownloadable);
  const missing = recordings.length - all.length;
  const warning = `${where} reports no playback URI for ${missing} recordings: they cannot be downloaded.`;
  if (all.length === 0) {
    const message = missing === 0 ? `${where} has no such recording.` : warning;
    throw new SurveillanceError("ISAPI_NOT_FOUND", message);
  }
  if (missing > 0) warn(warning);
  return all;
}

/** Tells whether an item is a recording from a search, downloadable or not. */
function isFound(item: unknown): item is Fields {
  return isFields(item) && ("playbackUri" in item || item.downloadable === false);
}

/** Returns undefined for an empty field, which means the default. */
function given(time: unknown): unknown {
  return time === null || time === "" ? undefined : time;
}
