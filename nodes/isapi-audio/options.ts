import { choice, flag, number, reference, text } from "../kit/option-kinds";

export const volumeRange = { min: 0, max: 100 } as const;

export const options = {
  device: reference("isapi-config"),
  channel: text("1", { pattern: /^(\d{1,3})?$/ }),
  action: choice("play", ["status", "volume", "play", "open", "close"]),
  volume: number("", { ...volumeRange, whole: true }),
  /** The path of a clip. */
  file: text(""),
  takeOver: flag(false),
  ffmpeg: text(""),
};
