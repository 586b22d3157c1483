import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import type { FrameFormat } from "../../media/frame";
import { inputArguments, type InputOptions } from "../input";

export const hwaccels = ["none", "auto", "vaapi", "cuda", "qsv"] as const;

export interface PictureOptions extends InputOptions {
  /** Pictures a second; the camera's own rate is the limit. */
  fps: number;
  /** Pixels; with only one of both the other follows from the camera's aspect ratio. */
  width?: number | undefined;
  height?: number | undefined;
  format: FrameFormat;
  hwaccel: (typeof hwaccels)[number];
}

/** The file descriptor that ffmpeg writes the capture times to. */
const TIMES_FD = 3;
/** libavformat of ffmpeg 5.1, which brought -fps_mode for -vsync. */
const FPS_MODE_SINCE = [59, 27] as const;

/**
 * ffmpeg's arguments: pictures go to standard output, for each one a line with its time to descriptor 3.
 *
 * - The wall clock at which a packet arrives becomes its time stamp (in the script), and nothing on the way may change
 *   it. Frame threads would hold back as many pictures as there are threads, in the decoder (`low_delay`) and in the
 *   encoder. One picture is always held back: RTP tells that a picture is complete only by the next one.
 * - Only after its time was written down is a picture's stamp replaced by its number: the clock may be set back, which
 *   encoders take for an error.
 */
export function frameArguments(
  options: PictureOptions,
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

function filters({ fps, width, height }: PictureOptions): string {
  const time = ["settb=AVTB", "metadata=mode=add:key=t:value=1"];
  time.push(`metadata=mode=print:key=t:file=pipe\\\\:${TIMES_FD}:direct=1`);
  const scale = width === undefined && height === undefined ? [] : [`scale=${width ?? -2}:${height ?? -2}`];
  return [selectRate(fps), ...time, ...scale, "setpts=N/TB"].join(",");
}

/**
 * Thins pictures out to a rate. Unlike the fps filter this repeats no picture and holds none back. Variable 0 is when
 * the next picture is due: it goes on in even steps, so that the mean rate is exact, but stays at most one step behind
 * the clock, and starts anew when the clock jumps. A picture counts as due half a step early, which absorbs jitter.
 * The first picture of a stream has no time yet (0) and is left out.
 */
function selectRate(fps: number): string {
  const step = 1 / fps;
  const due = `st(0,if(gt(abs(t-ld(0)),${1 + 2 * step}),t,ld(0)))`;
  const next = `gt(st(0,max(ld(0),t-${step})+${step}),0)`;
  return `select='gt(t,1)*if(gte(t+${step / 2},${due}),${next})'`;
}
