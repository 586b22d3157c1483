import type { Node } from "node-red";
import { systemClock, type Clock } from "../../src/core/clock";
import { SurveillanceError } from "../../src/core/errors";
import type { SourceState } from "../../src/events/source";
import { armed, nameEvents, type ArmedEvent } from "../../src/isapi/device/arming";
import { commonType } from "../../src/isapi/documents/event-types";
import { reportError } from "../kit/guard";

/** How long a stream must be open without an event before the first check. */
const SILENT_MS = 60_000;
/** The time to the next check if there is a problem. */
const CHECK_AGAIN_MS = 10 * 60_000;
/** The time to the next check otherwise: a check of a large recorder needs a hundred requests. */
const CHECK_RARELY_MS = 60 * 60_000;

export interface ArmingCheckOptions {
  node: Node;
  /** Reads the device's settings for the events of the node. */
  readArming: () => Promise<ArmedEvent[]>;
  /** Called after each check. */
  checked: () => void;
  clock?: Clock;
}

/**
 * Finds the reason if a stream is open without an event. Most devices send an event only if "Notify Surveillance
 * Center" is switched on for it.
 */
export class ArmingCheck {
  readonly #options: ArmingCheckOptions;
  readonly #clock: Clock;
  #hint: string | undefined;
  #hasEvent = false;
  #reported = false;
  #cancel: (() => void) | undefined;

  constructor(options: ArmingCheckOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** The reason why the device sends no event, as a key of the status. */
  get hint(): string | undefined {
    return this.#hint;
  }

  /** Starts the checks while the stream is open and no event has arrived. */
  state({ kind }: SourceState): void {
    const isOpen = kind === "waiting" || kind === "connected" || kind === "quiet";
    if (!isOpen) this.close();
    else if (!this.#hasEvent) this.#cancel ??= this.#clock.after(SILENT_MS, () => void this.#check());
  }

  /** Ends the checks after the first event of the device. */
  event(): void {
    this.#hasEvent = true;
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
    // If the device does not list its settings, the reason stays unknown.
    const events = await this.#options.readArming().catch(() => undefined);
    if (this.#cancel !== checking) return;
    if (events !== undefined) this.#judge(events);
    const next = this.#hint === undefined ? CHECK_RARELY_MS : CHECK_AGAIN_MS;
    this.#cancel = this.#clock.after(next, () => void this.#check());
  }

  #judge(events: readonly ArmedEvent[]): void {
    const isKnown = events.some((event) => event.armed !== undefined);
    // Without permission to read the switches, the check reports events that are not sent.
    const on = isKnown ? armed(events) : events.filter(({ channel }) => channel !== undefined);
    const missing = on.filter(({ linked }) => !linked);
    // Events without a known switch, such as alarm inputs, may be sent. Faults of the device do not count.
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
      node.warn(
        "The device sends no alerts: no event detection is switched on. Switch one on in the device.",
      );
      return;
    }
    const error = new SurveillanceError(
      "ISAPI_NOT_LINKED",
      `"Notify Surveillance Center" is off, so the device does not send these events: ${nameEvents(missing)}. ` +
        `Sent: ${nameEvents(sent) || "nothing"}.`,
      {
        advice:
          "Switch it on in the device, or with an isapi-request node: operation notifyCenter, state on, event " +
          `${missing[0]?.event ?? ""}, channel ${missing[0]?.channel ?? ""}.`,
      },
    );
    // If the device sends other events, this may be intended.
    if (sent.length > 0) node.warn(error.message);
    else reportError(node, error);
  }
}
