import { flag, list, number, reference } from "../kit/option-kinds";

export const options = {
  device: reference("isapi-config"),
  /** Vendor types or event types. Empty: all. */
  eventTypes: list(),
  channels: list(),
  targets: list(),
  /** Seconds without a report after which an alarm ends; 0: only the device ends it. */
  endAfter: number(5, { min: 0, max: 86_400 }),
  updates: flag(false),
  heartbeats: flag(false),
  images: flag(true),
  offlineEvents: flag(false),
  /** The longest pause between two attempts to connect, in seconds. */
  maxBackoff: number(10, { min: 1, max: 3600 }),
  raw: flag(false),
};
