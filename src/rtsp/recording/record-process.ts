import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import { inputArguments, inputScript, type InputOptions } from "../ffmpeg-input";
import type { RunningProcess } from "../stream-keeper";
import { FfmpegProcess, type ProcessEnd } from "../../ffmpeg/ffmpeg-process";
import type { StreamSource } from "../stream-url";

export interface RecordProcessOptions extends Omit<InputOptions, "timeout"> {
  source: StreamSource;
  /** Whether the sound is recorded, too. */
  audio: boolean;
  /** Seconds without a frame after which the stream is started anew. */
  stallTimeout: number;
}

export interface RecordProcessEvents {
  /** MPEG-TS, in any chunks. */
  onData: (chunk: Buffer) => void;
  onEnd: (end: ProcessEnd) => void;
}

/**
 * One run of ffmpeg: from the URL on its standard input to a transport stream. The timestamps are the camera's, so that
 * it plays evenly: times of arrival are as uneven as the network, and equal in a burst.
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
  // Nothing arrives there, but unread, the process would not end.
  process.extra.resume();
  return process;
}

/**
 * The first image of a stream has no time stamp. It gets that of the next image less its own duration: without this,
 * it would stand at the beginning of the sound, which may be seconds earlier.
 */
const FIRST_STAMP = ["pts", "dts"]
  .map((kind) => {
    const [own, next] = [kind.toUpperCase(), `NEXT_${kind.toUpperCase()}`];
    return `${kind}=if(eq(PTS\\,NOPTS)\\,${next}-DURATION\\,${own})`;
  })
  .join(":");

/**
 * ffmpeg's arguments: it copies the video, converts the sound to AAC, and writes both to standard output as an MPEG
 * transport stream, without the delay that multiplexing adds by default. Sound that stops delays the images by a second
 * at most.
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
