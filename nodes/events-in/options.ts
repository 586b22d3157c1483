import { storeOptions } from "../events/options";
import { number, text } from "../kit/option-kinds";

export const options = {
  ...storeOptions,
  /** The name under which the store remembers what the flow has done. Empty: the id of the node. */
  consumer: text("", { pattern: /^[^\s.*>/\\]*$/ }),
  /** The subjects to read: `surveillance.*.Gate.>`. Empty: all. */
  filter: text("", { pattern: /^$|^[^.]+(\.[^.]+)*$/ }),
  /** The most messages in the flow. */
  pending: number(10, { min: 1, max: 1000, whole: true }),
  /** Seconds */
  ackWait: number(30, { min: 0.1, max: 86_400 }),
  maxDeliver: number(10, { min: 1, max: 1_000_000, whole: true }),
};
