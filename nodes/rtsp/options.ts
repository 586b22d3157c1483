import { choice, flag, number, reference, text, type NumberOption } from "../kit/option-kinds";

/** Where a node takes its stream from, and how it keeps the stream running. */
export const streamOptions = {
  source: choice("url", ["url", "isapi", "msg"]),
  /** Counts only with the source `url`. */
  url: text(""),
  /** Counts only with the source `isapi`. */
  device: reference("isapi-config", false),
  rtspPort: number(554, { min: 1, max: 65_535, whole: true }),
  transport: choice("tcp", ["tcp", "udp"]),
  autostart: flag(true),
  /** Seconds */
  stallTimeout: number(10, { min: 1, max: 3600 }),
  /** Seconds */
  maxBackoff: number(10, { min: 1, max: 3600 }),
  /** Path of ffmpeg */
  ffmpeg: text(""),
};

/** The stream of a device: 101 is the main stream of its first channel, and the meaning of an empty field. */
export function streamNumber(value: number): NumberOption<number> {
  return number(value, { min: 1, max: 99_999, whole: true, blank: 101 });
}
