import type { SourcesSnapshot } from "./known-sources";
import type { LastingSnapshot } from "./lasting-events";
import type { PairsSnapshot } from "./paired-events";
import type { SeenSnapshot } from "./seen-events";

/** The progress of the delivery. Plain data: it is stored. */
export interface DeliveryState {
  /** Time of the latest event; all times are milliseconds since the epoch on the platform's clock. */
  latest: number;
  /** The last time at which all types were known to be subscribed. */
  subscribed?: number;
  /** Since when events are missing or wait for delivery. */
  gap?: number;
  /** Ongoing events that an event with another code ends. */
  open?: PairsSnapshot;
  /** Ongoing events that a message of the same event ends. */
  lasting?: LastingSnapshot;
}

/** The data that is remembered from one run to the next. Plain data. */
export interface EventMemory extends DeliveryState {
  /** The delivered events. */
  seen: SeenSnapshot;
  sources: SourcesSnapshot;
}
