import type { CommonEventType } from "../../events";
import type { Alert } from "./alert";

export interface EventFilterOptions {
  /** The vendor's names or the common ones; empty: all. */
  eventTypes?: readonly string[];
  /** Empty: all. */
  channels?: readonly string[];
  /** `human`, `vehicle`, …: alarms that name only others are left out. Empty: all. */
  targets?: readonly string[];
}

/** Targets that pass every choice of people or vehicles: a fire is an alarm for everybody. */
const MEASURED: ReadonlySet<string> = new Set(["fire", "smoke", "temperature"]);

/** What of a device's alerts one listener wants. */
export class EventFilter {
  readonly #types: ReadonlySet<string>;
  readonly #channels: readonly string[];
  readonly #targets: ReadonlySet<string>;

  constructor({ eventTypes = [], channels = [], targets = [] }: EventFilterOptions) {
    this.#types = new Set(eventTypes.map((type) => type.toLowerCase()));
    this.#channels = channels;
    this.#targets = new Set(targets.map((target) => target.toLowerCase()));
  }

  /** @param id the channel's, which may differ from the number in the alert */
  wantsAlert(alert: Alert, id: string): boolean {
    // The end of a video loss looks like a heartbeat. The occurrences before it tell them apart.
    if (alert.heartbeat) return true;
    const { rawChannel, active } = alert;
    // Every end passes, because it may not say what it ends.
    if (active && !alert.occurrences.some(({ type }) => this.wantsType(type, alert))) return false;
    return this.#channels.length === 0 || this.#channels.includes(id) || this.#channels.includes(rawChannel);
  }

  wantsType(type: CommonEventType, { vendorType }: Alert): boolean {
    return (
      this.#types.size === 0 ||
      this.#types.has(type.toLowerCase()) ||
      this.#types.has(vendorType.toLowerCase())
    );
  }

  /** An alarm without targets passes: better one too many than one missed. */
  wantsTargets({ targets }: Alert): boolean {
    return (
      this.#targets.size === 0 ||
      targets.length === 0 ||
      targets.some(({ label }) => this.#targets.has(label) || MEASURED.has(label))
    );
  }
}
