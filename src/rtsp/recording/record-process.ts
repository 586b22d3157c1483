import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import { inputScript, type InputOptions } from "../input";
import type { RunningProcess } from "../stream-keeper";
import { StreamProcess, type ProcessEnd } from "../stream-process";
import type { StreamSource } from "../stream-url";
import { recordArguments } from "./record-arguments";

export interface RecordProcessOptions extends Omit<InputOptions, "timeout"> {
  source: StreamSource;
  /** Record the sound, too. */
  audio: boolean;
  /** Seconds without a picture after which the stream is started anew. */
  stallTimeout: number;
}

export interface RecordProcessEvents {
  /** MPEG-TS, in any chunks. */
  onData: (chunk: Buffer) => void;
  onEnd: (end: ProcessEnd) => void;
}

/**
 * One run of ffmpeg: from the URL on its standard input to a transport stream. The time stamps are the camera's, which
 * make it play as evenly as it was filmed: those of the arrival are as uneven as the network, and equal in a burst.
 */
export function openRecordProcess(
  binary: FfmpegBinary,
  { source, audio, stallTimeout, transport }: RecordProcessOptions,
  { onData, onEnd }: RecordProcessEvents,
): RunningProcess {
  const media = audio ? (["video", "audio"] as const) : (["video"] as const);
  const process = new StreamProcess(binary, {
    args: recordArguments(audio),
    script: inputScript(source.url, { transport, timeout: stallTimeout }, media, "camera"),
    secrets: source.secrets,
    onEnd,
  });
  process.stdout.on("data", onData);
  // Nothing comes there; but unread, the process would never be over.
  process.extra.resume();
  return process;
}
