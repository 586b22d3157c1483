import { flag, list, number, text } from "../kit/option-kinds";
import { endpointOptions } from "../webhook/options";

export const options = {
  ...endpointOptions,
  path: text("/viewtron", { required: true }),
  /** Allowed addresses and networks of senders. Empty: all. */
  allow: list(),
  statuses: flag(true),
  tracks: flag(false),
  /** Maximum per channel */
  tracksPerSecond: number(1, { min: 0.01, max: 20 }),
  heartbeats: flag(false),
  raw: flag(false),
};
