import { flag, number } from "../kit/option-kinds";
import { streamNumber, streamOptions } from "../rtsp/options";

export const options = {
  ...streamOptions,
  /** The second channel of a thermal camera is the thermal one. */
  channel: streamNumber(201),
  /** Whether the node switches metadata on at the device. */
  enable: flag(true),
  /** °C */
  threshold: number("", { min: -273.15, max: 10_000 }),
  /** Seconds */
  endAfter: number(5, { min: 1, max: 86_400 }),
  raw: flag(false),
};
