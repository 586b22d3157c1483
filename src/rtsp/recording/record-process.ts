import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import { inputArguments, inputScript, type InputOptions } from "../ffmpeg-input";
import type { RunningProcess } from "../stream-keeper";
import { FfmpegProcess, type ProcessEnd } from "../../ffmpeg/ffmpeg-process";
import type { StreamSource } from "../stream-url";

export interface RecordProcessOptions extends Omit<InputOptions, "timeout"> {
  source: StreamSource;
  /** Whether to record the sound. */
  audio: boolean;
  /** Seconds without a frame after which the stream restarts. */
  stallTimeout: number;
}

export interface RecordProcessEvents {
  /** MPEG-TS, in chunks of any size. */
  onData: (chunk: Buffer) => void;
  onEnd: (end: ProcessEnd) => void;
}

/**
 * Starts ffmpeg: it reads the URL from standard input, and delivers a transport stream. The timestamps are those of the
 * camera, so that the video plays evenly: times of arrival are as uneven as the network, and equal in a burst.
 */
export function openRecordProcess(
  binary: FfmpegBinary,
  { source, audio, stallTimeout, transport }: RecordProcessOptions,
  { onData, onEnd }: RecordProcessEvents,
): RunningProcess {
  const media = audio ? (["video", "audio"] as const) : (["video"] as const);
  const process = new FfmpegProcess(binary, {
    args: recordArguments(audio),
    script: inputScript(source.url, { transport, timeout: stallTimeout }, media, "camera"),
    secrets: source.secrets,
    onEnd,
  });
  process.stdout.on("data", onData);
  // Nothing arrives here, but the process does not end until the pipe is read.
  process.extra.resume();
  return process;
}

/**
 * Sets the missing timestamp of the first frame to that of the next frame less the duration of the first. Otherwise,
 * the first frame would be at the beginning of the sound, which may be seconds earlier.
 */
const FIRST_STAMP = ["pts", "dts"]
  .map((kind) => {
    const [own, next] = [kind.toUpperCase(), `NEXT_${kind.toUpperCase()}`];
    return `${kind}=if(eq(PTS\\,NOPTS)\\,${next}-DURATION\\,${own})`;
  })
  .join(":");

/**
 * Returns the arguments with which ffmpeg copies the video, converts the sound to AAC, and writes both to standard
 * output as an MPEG transport stream. The multiplexer adds no delay. If the sound stops, the video is delayed by at
 * most a second.
 */
function recordArguments(audio: boolean): string[] {
  const sound = ["-map", "0:a:0?", "-c:a", "aac", "-af", "aresample=async=1"];
  return [
    ...inputArguments(),
    ...["-map", "0:v:0", "-c:v", "copy", "-bsf:v", `setts=${FIRST_STAMP}`],
    ...(audio ? [...sound, "-max_interleave_delta", "1000000"] : []),
    ...["-muxdelay", "0", "-muxpreload", "0", "-flush_packets", "1", "-f", "mpegts", "pipe:1"],
  ];
}
