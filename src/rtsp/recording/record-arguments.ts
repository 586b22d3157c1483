import { inputArguments } from "../input";

/**
 * A picture whose time nobody told, the first of a stream, is as far before the next one as pictures usually are.
 * Without this, it would be at the beginning of the sound, which may be seconds before.
 */
const FIRST_STAMP = ["pts", "dts"]
  .map((kind) => {
    const [own, next] = [kind.toUpperCase(), `NEXT_${kind.toUpperCase()}`];
    return `${kind}=if(eq(PTS\\,NOPTS)\\,${next}-DURATION\\,${own})`;
  })
  .join(":");

/**
 * ffmpeg's arguments: the video as it is, and the sound as AAC, go to standard output as an MPEG transport stream, at
 * once and without the delay that multiplexing adds by default. Sound that a camera announced and does not send holds
 * pictures up by no more than a second each.
 */
export function recordArguments(audio: boolean): string[] {
  const sound = ["-map", "0:a:0?", "-c:a", "aac", "-af", "aresample=async=1"];
  return [
    ...inputArguments(),
    ...["-map", "0:v:0", "-c:v", "copy", "-bsf:v", `setts=${FIRST_STAMP}`],
    ...(audio ? [...sound, "-max_interleave_delta", "1000000"] : []),
    ...["-muxdelay", "0", "-muxpreload", "0", "-flush_packets", "1", "-f", "mpegts", "pipe:1"],
  ];
}
