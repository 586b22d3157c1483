import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import type { FrameFormat } from "../../media/frame";
import { inputArguments, type InputOptions } from "../ffmpeg-input";

export interface FrameOptions extends InputOptions {
  /** Frames per second, limited by the rate of the camera. */
  fps: number;
  /** Pixels. If only one side is set, the aspect ratio of the camera determines the other. */
  width?: number | undefined;
  height?: number | undefined;
  format: FrameFormat;
  hwaccel: "none" | "auto" | "vaapi" | "cuda" | "qsv";
}

/** ffmpeg writes the capture times to this file descriptor. */
const TIMES_FD = 3;
/** libavformat of ffmpeg 5.1. This release replaced -vsync by -fps_mode. */
const FPS_MODE_SINCE = [59, 27] as const;

/**
 * Returns the arguments with which ffmpeg writes frames to standard output, and the time of each frame to descriptor 3.
 *
 * - The timestamp of a packet is its arrival by the wall clock (set in the script). No step may change it.
 * - Frame threads in the decoder (`low_delay`) and in the encoder would delay frames by the number of threads. A delay
 *   of one frame always remains: in RTP, only the next frame shows that a frame is complete.
 * - After the line with its time, a frame gets its number as timestamp: encoders fail when the clock is set back.
 */
export function frameArguments(
  options: FrameOptions,
  { libavformat }: Pick<FfmpegBinary, "libavformat">,
): string[] {
  const [major, minor] = libavformat;
  const hasFpsMode = major > FPS_MODE_SINCE[0] || (major === FPS_MODE_SINCE[0] && minor >= FPS_MODE_SINCE[1]);
  return [
    ...inputArguments(options.hwaccel === "none" ? [] : ["-hwaccel", options.hwaccel]),
    ...["-map", "0:v:0", "-copyts", "-vf", filters(options)],
    ...[hasFpsMode ? "-fps_mode" : "-vsync", "passthrough", "-enc_time_base", "1:1", "-threads", "1"],
    ...(options.format === "jpeg" ? ["-c:v", "mjpeg", "-q:v", "3"] : ["-c:v", "pam", "-pix_fmt", "rgb24"]),
    ...["-f", "image2pipe", "pipe:1"],
  ];
}

function filters({ fps, width, height }: FrameOptions): string {
  const time = ["settb=AVTB", "metadata=mode=add:key=t:value=1"];
  time.push(`metadata=mode=print:key=t:file=pipe\\\\:${TIMES_FD}:direct=1`);
  const scale = width === undefined && height === undefined ? [] : [`scale=${width ?? -2}:${height ?? -2}`];
  return [selectRate(fps), ...time, ...scale, "setpts=N/TB"].join(",");
}

/**
 * Returns the filter that reduces the frames to a rate. Unlike the fps filter, it does not repeat or delay a frame.
 *
 * - Variable 0 is the time when the next frame is due. It advances in even steps, so that the mean rate is exact.
 * - Variable 0 stays at most one step behind the clock. It is reset when the clock jumps.
 * - A frame is due half a step early, which absorbs jitter.
 * - The first frame of a stream does not have a time yet (0), so the filter drops it.
 */
function selectRate(fps: number): string {
  const step = 1 / fps;
  const due = `st(0,if(gt(abs(t-ld(0)),${1 + 2 * step}),t,ld(0)))`;
  const next = `gt(st(0,max(ld(0),t-${step})+${step}),0)`;
  return `select='gt(t,1)*if(gte(t+${step / 2},${due}),${next})'`;
}
