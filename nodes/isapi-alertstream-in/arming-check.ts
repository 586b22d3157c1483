import type { Node } from "node-red";
import { systemClock, type Clock } from "../../src/core/clock";
import { SurveillanceError } from "../../src/core/errors";
import type { SourceState } from "../../src/events/source";
import { armed, nameEvents, type ArmedEvent } from "../../src/isapi/device/arming";
import { commonType } from "../../src/isapi/documents/event-types";
import { reportError } from "../kit/guard";

/** How long a stream is open without an event before the first check. */
const SILENT_MS = 60_000;
/** Time to the next check while something is wrong. */
const CHECK_AGAIN_MS = 10 * 60_000;
/** Time to the next check else: it takes a hundred requests of a large recorder. */
const ALL_WELL_MS = 60 * 60_000;

export interface ArmingCheckOptions {
  node: Node;
  /** Reads how the device is set for the events that the node wants. */
  readArming: () => Promise<ArmedEvent[]>;
  /** Called after each check. */
  checked: () => void;
  clock?: Clock;
}

/**
 * Finds out why a stream is open and no event comes: most devices send an event only after "Notify Surveillance Center"
 * was switched on for it.
 */
export class ArmingCheck {
  readonly #options: ArmingCheckOptions;
  readonly #clock: Clock;
  #hint: string | undefined;
  #eventCame = false;
  #reported = false;
  #cancel: (() => void) | undefined;

  constructor(options: ArmingCheckOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Why no event comes, as a key of the status. */
  get hint(): string | undefined {
    return this.#hint;
  }

  /** Checks as long as the stream is open and no event has come. */
  state({ kind }: SourceState): void {
    const isOpen = kind === "waiting" || kind === "connected" || kind === "quiet";
    if (!isOpen) this.close();
    else if (!this.#eventCame) this.#cancel ??= this.#clock.after(SILENT_MS, () => void this.#check());
  }

  /** An event of the device has come. */
  event(): void {
    this.#eventCame = true;
    this.#hint = undefined;
    this.close();
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #check(): Promise<void> {
    const checking = (): void => undefined;
    this.#cancel = checking;
    // A device that does not show its settings leaves it open.
    const events = await this.#options.readArming().catch(() => undefined);
    if (this.#cancel !== checking) return;
    if (events !== undefined) this.#judge(events);
    const next = this.#hint === undefined ? ALL_WELL_MS : CHECK_AGAIN_MS;
    this.#cancel = this.#clock.after(next, () => void this.#check());
  }

  #judge(events: readonly ArmedEvent[]): void {
    const isKnown = events.some((event) => event.armed !== undefined);
    // A user who may not read the switches at least learns that nothing is sent.
    const on = isKnown ? armed(events) : events.filter(({ channel }) => channel !== undefined);
    const missing = on.filter(({ linked }) => !linked);
    // Some, like alarm inputs, have no known switch: they may come. Faults of the device do not count.
    const sent = events.filter(
      ({ linked, armed: isArmed, channel, event }) =>
        linked && isArmed !== false && (channel !== undefined || commonType(event) === "alarmInput"),
    );
    this.#hint = undefined;
    if (isKnown && on.length === 0 && !events.some(({ linked }) => linked)) this.#hint = "nothingArmed";
    else if (missing.length > 0 && sent.length === 0) this.#hint = "error.ISAPI_NOT_LINKED";
    this.#options.checked();
    if (!this.#reported && (this.#hint !== undefined || missing.length > 0)) this.#report(sent, missing);
  }

  #report(sent: readonly ArmedEvent[], missing: readonly ArmedEvent[]): void {
    this.#reported = true;
    const { node } = this.#options;
    if (missing.length === 0) {
      node.warn("No event can come: the device has no event detection switched on. Switch one on there.");
      return;
    }
    const error = new SurveillanceError(
      "ISAPI_NOT_LINKED",
      `"Notify Surveillance Center" is off, so that these do not come: ${nameEvents(missing)}. ` +
        `Sent: ${nameEvents(sent) || "nothing"}.`,
      {
        advice:
          "Switch it on in the device, or with an isapi-request node: operation notifyCenter, state on, event " +
          `${missing[0]?.event ?? ""}, channel ${missing[0]?.channel ?? ""}.`,
      },
    );
    // A device that sends some events may be set up so on purpose.
    if (sent.length > 0) node.warn(error.message);
    else reportError(node, error);
  }
}
