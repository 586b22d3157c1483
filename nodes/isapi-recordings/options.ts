import { choice, custom, number, reference, text } from "../kit/option-kinds";

export const options = {
  device: reference("isapi-config"),
  action: choice("search", ["search", "download", "playbackUrl"]),
  track: text("101", { pattern: /^(\d{1,6})?$/ }),
  /** Messages may also contain a Date or milliseconds. */
  start: custom(""),
  end: custom(""),
  recordType: text("all", { pattern: /^([A-Za-z][\w-]*)?$/ }),
  output: choice("list", ["list", "each"]),
  folder: text(""),
  format: choice("original", ["original", "mp4"]),
  clock: choice("device", ["device", "utc"]),
  rtspPort: number("", { min: 1, max: 65_535, whole: true }),
  ffmpeg: text(""),
};
