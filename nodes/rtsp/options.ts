import { choice, flag, list, number, reference, text, when, type NumberOption } from "../kit/option-kinds";

/** The common options of all nodes with a stream. */
export const streamOptions = {
  source: choice("url", ["url", "isapi", "msg"]),
  /** Used only with the source `url`. */
  url: text(""),
  /** Used only with the source `isapi`. */
  device: reference("isapi-config", false),
  rtspPort: when("source", ["isapi"], number(554, { min: 1, max: 65_535, whole: true })),
  /** The hosts that messages may name. Empty: all. */
  allowedHosts: when("source", ["msg"], list()),
  transport: choice("tcp", ["tcp", "udp"]),
  autostart: flag(true),
  /** Seconds */
  stallTimeout: number(10, { min: 1, max: 3600 }),
  /** Seconds */
  maxBackoff: number(10, { min: 1, max: 3600 }),
  /** Path of ffmpeg */
  ffmpeg: text(""),
};

/** Returns the option for the stream of a device. An empty field means 101, the main stream of the first channel. */
export function streamNumber(value: number): NumberOption<number> {
  return when("source", ["isapi"], number(value, { min: 1, max: 99_999, whole: true, blank: 101 }));
}
