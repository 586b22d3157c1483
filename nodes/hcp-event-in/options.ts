import { choice, codes, flag, list, number, reference, text } from "../kit/option-kinds";
import { endpointOptions } from "../webhook/options";

export const options = {
  ...endpointOptions,
  server: reference("hcp-config"),
  /** An empty list means all types. */
  eventTypes: codes({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  path: text("/hcp/events", { required: true }),
  /** The address at which HikCentral reaches this Node-RED. */
  callbackUrl: text(""),
  manageSubscription: flag(true),
  /** Seconds */
  checkEvery: number(60, { min: 1, max: 86_400 }),
  /** Addresses and networks of senders. An empty list means all senders. */
  allow: list(),
  pictures: choice("uploaded", ["uploaded", "all", "none"]),
  backfill: flag(true),
  raw: flag(false),
};
