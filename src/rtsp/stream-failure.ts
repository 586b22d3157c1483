import { SurveillanceError, type ErrorCode } from "../core/errors";
import { stderrDetails, type ProcessEnd } from "../ffmpeg/ffmpeg-process";

/** The use of a stream, as error messages name it. */
export type StreamPurpose = "image" | "video" | "metadata";

interface Diagnosis {
  pattern: RegExp;
  code: ErrorCode;
  happened: string;
  advice: string;
}

/** The stream has no track of the requested kind. If it has no track at all, the camera rejects PLAY. */
const NO_TRACK = /PLAY failed: 45[45]\b|matches no streams|does not contain any stream/i;

const noMetadata: Diagnosis = {
  pattern: NO_TRACK,
  code: "RTSP_NO_METADATA",
  happened: "the stream has no metadata track",
  advice: "Switch on metadata at the camera, and check the channel in the URL.",
};

/** The known texts of ffmpeg, in the order of the search. A bare 401 may be a channel in a quoted path. */
const diagnoses: Diagnosis[] = [
  {
    pattern: /(failed:|returned) 40[13]\b|unauthorized|forbidden/i,
    code: "RTSP_UNAUTHORIZED",
    happened: "the camera rejected the user name or password",
    advice:
      "Correct them and deploy. Retries are slow, because cameras lock accounts. " +
      "If they are right, set the camera's RTSP digest algorithm to MD5.",
  },
  {
    pattern: /(failed:|returned) 404\b/i,
    code: "RTSP_NOT_FOUND",
    happened: "the camera has no stream at that path",
    advice: "Check the path in the URL, for example /Streaming/Channels/101.",
  },
  {
    pattern: /failed: 461\b|nonmatching transport/i,
    code: "RTSP_TRANSPORT",
    happened: "the camera does not support this transport",
    advice: "Switch between TCP and UDP.",
  },
  {
    pattern: /failed to resolve hostname|name or service not known|temporary failure in name resolution/i,
    code: "HOST_UNKNOWN",
    happened: "the host name is not known",
    advice: "Check the spelling of the host and the DNS server of this machine.",
  },
  {
    pattern: /connection refused|no route to host|network is unreachable|host is down/i,
    code: "CONNECTION_REFUSED",
    happened: "no connection could be made",
    advice: "Check host, port and firewall, and that the camera is running.",
  },
  {
    pattern: /\[tls[^\]]*\] (io )?error/i,
    code: "TLS_FAILED",
    happened: "no encrypted connection could be made",
    advice: "If the port is not encrypted, use rtsp:// instead of rtsps://, or enter the encrypted port.",
  },
  {
    pattern: /connection timed out|operation timed out/i,
    code: "TIMEOUT",
    happened: "the camera did not respond in time",
    advice: "Check host, port and firewall.",
  },
  {
    pattern: new RegExp(`${NO_TRACK.source}|decoder \\(codec .*\\) not found|no decoder|unknown codec`, "i"),
    code: "RTSP_NO_VIDEO",
    happened: "the stream contains no video that this ffmpeg can read",
    advice: "Check the path in the URL, and set the camera to H.264 or H.265.",
  },
  {
    pattern: /device creation failed|no device available|hwaccel|hardware accel/i,
    code: "RTSP_FAILED",
    happened: "the hardware decoder could not be used",
    advice: "Choose another decoder, or the processor.",
  },
  {
    pattern: /error opening input: invalid data found|impossible to open .*invalid data found/i,
    code: "RTSP_FAILED",
    happened: "the server at that port does not speak RTSP",
    advice: "Check the port: RTSP usually uses 554; 80, 443 and 8000 have other uses.",
  },
];

/**
 * Reads from the tail of standard error why a stream ended. The exit code of ffmpeg does not help: it is 0 when a
 * camera disappears.
 *
 * @param where the camera, without secrets
 */
export function streamFailure(
  where: string,
  { ending, stderrTail }: ProcessEnd,
  purpose: StreamPurpose,
): SurveillanceError {
  const details = stderrDetails(stderrTail);
  const known = purpose === "metadata" ? [noMetadata, ...diagnoses] : diagnoses;
  const found = known.find(({ pattern }) => pattern.test(stderrTail));
  if (found === undefined)
    return new SurveillanceError("RTSP_FAILED", `${where}: the stream ended (${ending}).`, details);
  const { code, happened, advice } = found;
  return new SurveillanceError(code, `${where}: ${happened} (${ending}).`, { advice, ...details });
}
