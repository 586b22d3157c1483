import { flag, list, number, text } from "../kit/option-kinds";
import { endpointOptions } from "../webhook/options";

export const options = {
  ...endpointOptions,
  path: text("/viewtron", { required: true }),
  /** Addresses and networks of senders; none: all. */
  allow: list(),
  statuses: flag(true),
  tracks: flag(false),
  /** For each channel */
  tracksPerSecond: number(1, { min: 0.01, max: 20 }),
  heartbeats: flag(false),
  raw: flag(false),
};
