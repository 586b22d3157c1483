import type { NodeMessageInFlow } from "node-red";
import { isFields, textOf } from "../../src/isapi/record";
import { recordingOf, type Recording } from "../../src/isapi/recordings/recording";
import type { TimeSpan } from "../../src/isapi/recordings/recordings";
import { textOption } from "./options";

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
  const found = isFields(msg.payload) && msg.payload.playbackUri !== undefined ? msg.payload : {};
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
  if (!items.some((item) => isFields(item) && "playbackUri" in item)) return undefined;
  return items.map((item) => ({
    ...(isFields(item) ? item : {}),
    ...recordingOf(textOf(item, "playbackUri") ?? ""),
  }));
}

/** A blank field is no time. */
function given(time: unknown): unknown {
  return time === null || time === "" ? undefined : time;
}
