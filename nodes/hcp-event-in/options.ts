import { choice, codes, flag, list, number, reference, text } from "../kit/option-kinds";
import { endpointOptions } from "../webhook/options";

export const options = {
  ...endpointOptions,
  server: reference("hcp-config"),
  /** None: every type. */
  eventTypes: codes({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  path: text("/hcp/events", { required: true }),
  /** This Node-RED's address as HikCentral reaches it. */
  callbackUrl: text(""),
  manageSubscription: flag(true),
  /** Seconds */
  checkEvery: number(60, { min: 1, max: 86_400 }),
  /** Addresses and networks of senders; none: all. */
  allow: list(),
  pictures: choice("uploaded", ["uploaded", "all", "none"]),
  backfill: flag(true),
  raw: flag(false),
};
