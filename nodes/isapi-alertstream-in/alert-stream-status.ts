import type { Node } from "node-red";
import { systemClock, type Clock } from "../../src/core/clock";
import { SurveillanceError } from "../../src/core/errors";
import type { StreamState } from "../../src/isapi/stream/keep-open";
import { commonType } from "../../src/isapi/documents/event-types";
import { armed, nameEvents, type ArmedEvent } from "../../src/isapi/device/arming";
import { reportError } from "../kit/guard";
import { showError, type ShowStatus } from "../kit/status";

/**
 * How long a stream is open without an alert before it is looked up whether any can come; how often then, as long as
 * something is wrong; and how often else: it takes a hundred requests of a large recorder.
 */
const SILENT_MS = 60_000;
const LOOK_AGAIN_MS = 10 * 60_000;
const ALL_WELL_MS = 60 * 60_000;

export interface AlertStreamStatusOptions {
  node: Node;
  status: ShowStatus;
  /** The events that the node wants, as the device is set to tell them. */
  readArming: () => Promise<ArmedEvent[]>;
  clock?: Clock;
}

/**
 * Shows what an alert stream does: green only while the device is heard of. A stream that is open and silent from the
 * start is looked into: most devices have to be told to tell ("Notify Surveillance Center"), event by event.
 */
export class AlertStreamStatus {
  readonly #options: AlertStreamStatusOptions;
  readonly #clock: Clock;
  #state: StreamState = { kind: "connecting" };
  #events = 0;
  #reported: string | undefined;
  /** Why nothing comes, as a key of the status. */
  #why: string | undefined;
  #told = false;
  #cancel: (() => void) | undefined;

  constructor(options: AlertStreamStatusOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  state(state: StreamState): void {
    this.#state = state;
    this.#show();
    if (state.kind === "down") {
      // One fault is one error, however often it is met again while it lasts.
      if (this.#reported !== state.error.code) reportError(this.#options.node, state.error);
      this.#reported = state.error.code;
    } else if (state.kind === "connected") {
      this.#reported = undefined;
      if (this.#events === 0) this.#cancel ??= this.#clock.after(SILENT_MS, () => void this.#lookUp());
      return;
    }
    this.#stopLooking();
  }

  /** An event of the device has come. */
  event(): void {
    this.#events += 1;
    this.#why = undefined;
    this.#stopLooking();
    if (this.#state.kind === "connected") this.#show();
  }

  close(): void {
    this.#stopLooking();
  }

  #show(): void {
    const { status } = this.#options;
    const state = this.#state;
    if (state.kind === "down") showError(status, state.error);
    else if (state.kind === "connecting") status("connecting", "connecting");
    else if (state.sign === "quiet") status("warning", "quiet");
    else if (this.#why !== undefined) status("warning", this.#why);
    else if (state.sign === "none") status("connecting", "waiting");
    else if (this.#events === 0) status("ok", "connected");
    else status("ok", "events", { count: this.#events });
  }

  async #lookUp(): Promise<void> {
    const looking = (): void => undefined;
    this.#cancel = looking;
    // A device that does not tell leaves it open.
    const events = await this.#options.readArming().catch(() => undefined);
    if (this.#cancel !== looking) return;
    if (events !== undefined) this.#judge(events);
    const next = this.#why === undefined ? ALL_WELL_MS : LOOK_AGAIN_MS;
    this.#cancel = this.#clock.after(next, () => void this.#lookUp());
  }

  #judge(events: readonly ArmedEvent[]): void {
    const isKnown = events.some((event) => event.armed !== undefined);
    // A user who may not read the switches at least learns that nothing is sent.
    const on = isKnown ? armed(events) : events.filter(({ channel }) => channel !== undefined);
    const missing = on.filter(({ linked }) => !linked);
    // Of some, like alarm inputs, nobody knows whether they are armed: they may come. Faults of the device are not meant.
    const sent = events.filter(
      ({ linked, armed: isArmed, channel, event }) =>
        linked && isArmed !== false && (channel !== undefined || commonType(event) === "alarmInput"),
    );
    this.#why = undefined;
    if (isKnown && on.length === 0 && !events.some(({ linked }) => linked)) this.#why = "nothingArmed";
    else if (missing.length > 0 && sent.length === 0) this.#why = "error.ISAPI_NOT_LINKED";
    this.#show();
    if (!this.#told && (this.#why !== undefined || missing.length > 0)) this.#tell(sent, missing);
  }

  #tell(sent: readonly ArmedEvent[], missing: readonly ArmedEvent[]): void {
    this.#told = true;
    const { node } = this.#options;
    if (missing.length === 0) {
      node.warn("No alert can come: the device has no event detection switched on. Switch one on there.");
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
    // What is partly set up may be meant so.
    if (sent.length > 0) node.warn(error.message);
    else reportError(node, error);
  }

  #stopLooking(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
