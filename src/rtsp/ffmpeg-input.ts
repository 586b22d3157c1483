export interface InputOptions {
  transport: "tcp" | "udp";
  /** Seconds without a sign of life after which ffmpeg gives up a connection. */
  timeout: number;
}

/** ffmpeg's arguments before its outputs: it reads the script below. What follows `-i` is on descriptors of its own. */
export function inputArguments(decoding: readonly string[] = []): string[] {
  return [
    ...["-hide_banner", "-nostats", "-nostdin", "-loglevel", "error"],
    ...decoding,
    ...["-probesize", "32", "-analyzeduration", "0", "-fpsprobesize", "0"],
    ...["-flags", "low_delay", "-f", "concat", "-safe", "0"],
    ...["-protocol_whitelist", "pipe,rtsp,rtsps,rtp,srtp,tcp,udp,tls", "-i", "pipe:0"],
  ];
}

/**
 * The script that ffmpeg reads from standard input: the one place for the URL, so that its password is in no process
 * list. The stream is not analysed beforehand: its first frame is a keyframe that tells all, and frames that wait
 * for an analysis would get the time of its end.
 *
 * @param media the kinds of tracks that are set up, as ffmpeg names them: `video`, `audio`, `data`
 * @param stamps whether the time stamp of a packet is the wall clock at its arrival, or what the camera gave it
 */
export function inputScript(
  url: string,
  { transport, timeout }: InputOptions,
  media: readonly ("video" | "audio" | "data")[],
  stamps: "arrival" | "camera" = "arrival",
): string {
  const quoted = `'${url.replaceAll("'", "'\\''")}'`;
  const options = {
    rtsp_transport: transport,
    timeout: Math.round(timeout * 1e6),
    allowed_media_types: media.join("+"),
    use_wallclock_as_timestamps: stamps === "arrival" ? 1 : 0,
    analyzeduration: 0,
    probesize: 32,
    fpsprobesize: 0,
  };
  const lines = Object.entries(options).map(([name, value]) => `option ${name} ${value}\n`);
  return `ffconcat version 1.0\nfile ${quoted}\n${lines.join("")}`;
}
