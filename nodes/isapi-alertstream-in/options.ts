import { flag, list, number, reference } from "../kit/option-kinds";

export const options = {
  device: reference("isapi-config"),
  /** The vendor's names or the common ones; empty: all. */
  eventTypes: list(),
  channels: list(),
  targets: list(),
  /** Seconds; 0: only the device ends an alarm. */
  endAfter: number(5, { min: 0, max: 86_400 }),
  updates: flag(false),
  heartbeats: flag(false),
  images: flag(true),
  offlineEvents: flag(false),
  /** Seconds */
  maxBackoff: number(10, { min: 1, max: 3600 }),
  raw: flag(false),
};
