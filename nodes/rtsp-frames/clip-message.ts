import path from "node:path";
import type { NodeMessage, NodeMessageInFlow } from "node-red";
import type { ClipRequest } from "../../src/rtsp/recording/clips";
import type { Recorded } from "../../src/rtsp/recording/finisher";
import type { RecorderOptions } from "../../src/rtsp/recording/recorder";
import type { NodeParts } from "../kit/define-node";
import { textOption } from "../kit/options";
import type { options } from "./options";

/** A message that requests a clip, with its overrides of the settings. */
export interface ClipRequestMessage extends NodeMessageInFlow {
  folder?: unknown;
  filename?: unknown;
  preRoll?: unknown;
  postRoll?: unknown;
}

export interface ClipMessage extends NodeMessage {
  payload: Recorded;
  recording: Recorded;
}

const GIGABYTE = 1e9;

type Parts<Name extends "options" | "optionsFor"> = Pick<NodeParts<typeof options>, "RED" | Name>;

/** Returns the options of the recorder from the settings of the node. */
export function recorderOptions({
  RED,
  options: { record, recordFolder = "recordings", preRoll, segment, keepGigabytes, audio },
}: Parts<"options">): Pick<
  RecorderOptions,
  "mode" | "folder" | "preRoll" | "segment" | "audio" | "maxBytes"
> {
  const folder = path.resolve(RED.settings.userDir ?? "", recordFolder);
  const maxBytes = keepGigabytes === undefined ? undefined : keepGigabytes * GIGABYTE;
  return { mode: record, folder, preRoll, segment, audio, maxBytes };
}

/** Reads the request for a clip from a message. @throws {SurveillanceError} CONFIG_INVALID */
export function clipRequest({ RED, optionsFor }: Parts<"optionsFor">, msg: ClipRequestMessage): ClipRequest {
  // An empty text is not an override.
  const [preRoll, postRoll] = [textOption(msg.preRoll), textOption(msg.postRoll)];
  const overridden = optionsFor({ preRoll, postRoll });
  const folder = textOption(msg.folder);
  return {
    preRoll: overridden.preRoll,
    postRoll: overridden.postRoll,
    folder: folder === undefined ? undefined : path.resolve(RED.settings.userDir ?? "", folder),
    filename: textOption(msg.filename),
    trigger: msg,
  };
}

/**
 * Returns the message for a recording. For a clip, it is the message that requested the clip.
 * @param topic the topic for a recording without a request
 */
export function clipMessage(recorded: Recorded, topic: string, trigger: unknown): ClipMessage {
  const request = (trigger as NodeMessage | undefined) ?? { topic };
  return { ...request, payload: recorded, recording: recorded };
}
