import type { CommonEventType } from "../../events";
import type { Alert } from "./alert";

export interface EventFilterOptions {
  /** Vendor types or event types. Empty: all. */
  eventTypes?: readonly string[];
  /** Empty: all. */
  channels?: readonly string[];
  /** `human`, `vehicle`, …: ignores alarms that have only other targets. Empty: all. */
  targets?: readonly string[];
}

/** Targets that every filter accepts: a fire matters even if the filter is for people or vehicles. */
const MEASURED: ReadonlySet<string> = new Set(["fire", "smoke", "temperature"]);

/** The filter of one listener for a device's alerts. */
export class EventFilter {
  readonly #types: ReadonlySet<string>;
  readonly #channels: readonly string[];
  readonly #targets: ReadonlySet<string>;

  constructor({ eventTypes = [], channels = [], targets = [] }: EventFilterOptions) {
    this.#types = new Set(eventTypes.map((type) => type.toLowerCase()));
    this.#channels = channels;
    this.#targets = new Set(targets.map((target) => target.toLowerCase()));
  }

  /** @param id the id of the channel, which may differ from the number in the alert */
  acceptsAlert(alert: Alert, id: string): boolean {
    // The end of a video loss looks like a heartbeat. Only an open occurrence shows the difference.
    if (alert.heartbeat) return true;
    const { rawChannel, active } = alert;
    // Accepts every end, because an end may not contain what it ends.
    if (active && !alert.occurrences.some(({ type }) => this.acceptsType(type, alert))) return false;
    return this.#channels.length === 0 || this.#channels.includes(id) || this.#channels.includes(rawChannel);
  }

  acceptsType(type: CommonEventType, { vendorType }: Alert): boolean {
    return (
      this.#types.size === 0 ||
      this.#types.has(type.toLowerCase()) ||
      this.#types.has(vendorType.toLowerCase())
    );
  }

  /** Also accepts an alarm without targets: a missed alarm is worse than a false one. */
  acceptsTargets({ targets }: Alert): boolean {
    return (
      this.#targets.size === 0 ||
      targets.length === 0 ||
      targets.some(({ label }) => this.#targets.has(label) || MEASURED.has(label))
    );
  }
}
