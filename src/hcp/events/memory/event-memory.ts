import type { SourcesSnapshot } from "./known-sources";
import type { LastingSnapshot } from "./lasting-events";
import type { PairsSnapshot } from "./paired-events";
import type { SeenSnapshot } from "./seen-events";

/** How far events were delivered. Plain data: it is stored. */
export interface DeliveryState {
  /** Time of the latest event; all times are milliseconds since the epoch on the platform's clock. */
  latest: number;
  /** When all types were known to be subscribed for the last time. */
  subscribed?: number;
  /** Since when events are missing or wait for delivery. */
  gap?: number;
  /** Events that go on, and that an event with another code ends. */
  open?: PairsSnapshot;
  /** Events that go on, and that a message of the same event ends. */
  lasting?: LastingSnapshot;
}

/** What must be remembered from one run to the next. Plain data. */
export interface EventMemory extends DeliveryState {
  /** The delivered events. */
  seen: SeenSnapshot;
  sources: SourcesSnapshot;
}
