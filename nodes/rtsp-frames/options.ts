import { choice, flag, number, text } from "../kit/option-kinds";
import { streamNumber, streamOptions } from "../rtsp/options";

const pixels = { min: 16, max: 8192, whole: true } as const;
/** Seconds */
const roll = { min: 0, max: 600 } as const;

export const options = {
  ...streamOptions,
  channel: streamNumber(101),
  /** Frames per second; 0 means no frames. */
  fps: number(1, { min: 0, max: 60, required: true }),
  width: number("", pixels),
  height: number("", pixels),
  format: choice("jpeg", ["jpeg", "rgb"]),
  /** Saved as an empty text for `none`. */
  hwaccel: { ...choice("none", ["none", "auto", "vaapi", "cuda", "qsv"]), value: "" },
  record: choice("off", ["off", "clips", "segments"]),
  /** Path below the user directory; empty means `recordings`. */
  recordFolder: text(""),
  preRoll: number(5, roll),
  postRoll: number(10, roll),
  /** Seconds */
  segment: number(300, { min: 1, max: 86_400 }),
  /** An empty field means no limit. A flow without the setting keeps 10, so that it does not fill the disk. */
  keepGigabytes: { ...number(10, { min: 0.01 }), blank: undefined },
  audio: flag(false),
};
