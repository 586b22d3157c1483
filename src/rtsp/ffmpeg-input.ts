export interface InputOptions {
  transport: "tcp" | "udp";
  /** Seconds without any data after which ffmpeg ends the connection. */
  timeout: number;
}

/** Returns the arguments before the outputs: ffmpeg reads the script below from standard input. */
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
 * Returns the script that ffmpeg reads from standard input. Only the script contains the URL, so that no process list
 * shows the password. ffmpeg does not analyse the stream first: the first frame is a keyframe and contains everything.
 * Frames that wait for an analysis would get the time of its end.
 *
 * @param media the kinds of tracks to set up, with ffmpeg's names
 * @param timestamps `arrival` stamps packets with the wall clock, `camera` keeps the timestamps of the camera
 */
export function inputScript(
  url: string,
  { transport, timeout }: InputOptions,
  media: readonly ("video" | "audio" | "data")[],
  timestamps: "arrival" | "camera" = "arrival",
): string {
  const quoted = `'${url.replaceAll("'", "'\\''")}'`;
  const options = {
    rtsp_transport: transport,
    timeout: Math.round(timeout * 1e6),
    allowed_media_types: media.join("+"),
    use_wallclock_as_timestamps: timestamps === "arrival" ? 1 : 0,
    analyzeduration: 0,
    probesize: 32,
    fpsprobesize: 0,
  };
  const lines = Object.entries(options).map(([name, value]) => `option ${name} ${value}\n`);
  return `ffconcat version 1.0\nfile ${quoted}\n${lines.join("")}`;
}
