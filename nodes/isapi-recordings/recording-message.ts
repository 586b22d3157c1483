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
  /** To download: the name of a recording among those found. */
  name?: unknown;
  filename?: unknown;
}

/** The settings in a message. A recording that a search has found brings its own track and time. */
export function overridesIn(msg: Overrides & { payload?: unknown }): Overrides {
  const found = isFound(msg.payload) ? msg.payload : {};
  const { action, recordType, folder } = msg;
  const [track, start, end] = [msg.track ?? found.track, msg.start ?? found.start, msg.end ?? found.end];
  return { action, track, start, end, recordType, folder };
}

/** The track, time and type to search for. */
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
 * The recordings of a search in a message; undefined where it holds none.
 *
 * @throws {SurveillanceError} CONFIG_INVALID for one that is not the result of a search
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
 * The recordings that can be downloaded. A warning tells the number of the others.
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
  const unnamed = `${where} sends no playback URI for ${lacking} recordings: they cannot be downloaded.`;
  if (all.length === 0) {
    const message = lacking === 0 ? `There is no such recording at ${where}.` : unnamed;
    throw new SurveillanceError("ISAPI_NOT_FOUND", message);
  }
  if (lacking > 0) warn(unnamed);
  return all;
}

/** Whether it is the result of a search, downloadable or not. */
function isFound(item: unknown): item is Fields {
  return isFields(item) && ("playbackUri" in item || item.downloadable === false);
}

/** A blank field means the default. */
function given(time: unknown): unknown {
  return time === null || time === "" ? undefined : time;
}
