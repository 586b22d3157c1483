import path from "node:path";
import type { NodeMessage, NodeMessageInFlow } from "node-red";
import type { ClipRequest } from "../../src/rtsp/recording/clips";
import type { Recorded } from "../../src/rtsp/recording/finisher";
import { recordModes, type RecorderOptions } from "../../src/rtsp/recording/recorder";
import { booleanOption, choiceOption, numberOption, textOption } from "../kit/options";
import type { NodeParts } from "../kit/register";

/** What a node records, as the editor saved it. */
export interface RecordConfig {
  record?: unknown;
  recordFolder?: unknown;
  preRoll?: unknown;
  postRoll?: unknown;
  segment?: unknown;
  keepGigabytes?: unknown;
  audio?: unknown;
}

/** What a message may ask of a clip. */
export interface RecordMessage extends NodeMessageInFlow {
  folder?: unknown;
  filename?: unknown;
  preRoll?: unknown;
  postRoll?: unknown;
}

export interface RecordingMessage extends NodeMessage {
  payload: Recorded;
  recording: Recorded;
}

const GIGABYTE = 1e9;
const USUAL_GIGABYTES = 10;
const ROLL = { min: 0, max: 600 };

/** @throws {SurveillanceError} CONFIG_INVALID */
export function recordOptions<Config extends RecordConfig>({
  RED,
  node,
  config,
}: NodeParts<Config, object>): Omit<RecorderOptions, "source" | "transport" | "stallTimeout"> {
  // Blank keeps all; a flow that does not say it, of an earlier version or written by hand, must not fill the disk.
  const gigabytes =
    config.keepGigabytes === undefined
      ? USUAL_GIGABYTES
      : numberOption("keepGigabytes", config.keepGigabytes, { min: 0.01 });
  return {
    camera: textOption(node.name),
    mode: choiceOption("record", config.record, recordModes, "off"),
    folder: path.resolve(RED.settings.userDir ?? "", textOption(config.recordFolder) ?? "recordings"),
    preRoll: preRollOf(config),
    segment: numberOption("segment", config.segment, { min: 1, max: 86_400 }) ?? 300,
    audio: booleanOption("audio", config.audio, false),
    maxBytes: gigabytes === undefined ? undefined : gigabytes * GIGABYTE,
  };
}

/** @throws {SurveillanceError} CONFIG_INVALID */
export function clipRequest(
  { RED, config }: NodeParts<RecordConfig, object>,
  msg: RecordMessage,
): ClipRequest {
  const folder = textOption(msg.folder);
  return {
    preRoll: numberOption("msg.preRoll", msg.preRoll, ROLL) ?? preRollOf(config),
    postRoll: numberOption("msg.postRoll", msg.postRoll, ROLL) ?? postRollOf(config),
    folder: folder === undefined ? undefined : path.resolve(RED.settings.userDir ?? "", folder),
    filename: textOption(msg.filename),
    trigger: msg,
  };
}

/**
 * What leaves the node for a recording; a clip's message is the one that asked for it.
 * @param topic of a recording that no message asked for
 */
export function recordingMessage(recorded: Recorded, topic: string, trigger: unknown): RecordingMessage {
  const asked = (trigger as NodeMessage | undefined) ?? { topic };
  return { ...asked, payload: recorded, recording: recorded };
}

function preRollOf({ preRoll }: RecordConfig): number {
  return numberOption("preRoll", preRoll, ROLL) ?? 5;
}

function postRollOf({ postRoll }: RecordConfig): number {
  return numberOption("postRoll", postRoll, ROLL) ?? 10;
}
