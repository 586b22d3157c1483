import { SurveillanceError, toError } from "../../core/errors";
import type { SourceState } from "../../events/source";
import { isUnreachable } from "../../net/network-error";
import { readText, type IsapiResponse } from "../connection/messages";
import { IsapiError, readResponseStatus, statusError } from "../connection/response-status";
import type { IsapiDevice } from "../device/device";
import { DEFAULT_MAX_BACKOFF, keepOpen, MAX_BACKOFF } from "../stream/keep-open";
import type { Part } from "../stream/part-parser";
import { readStream, type SilenceVerdict } from "../stream/read-stream";
import { isSubscriptionResponse, readAlert, type Alert } from "./alert";

export interface StreamListener {
  alert(alert: Alert): void;
  imageBegins(): void;
  image(part: Part): void;
  state(state: SourceState): void;
  warning(text: string): void;
  /** Seconds: the longest pause between two attempts to open the stream. The shortest of all listeners counts. */
  maxBackoff?: number | undefined;
}

const PATHS = ["/ISAPI/Event/notification/alertStream", "/Event/notification/alertStream"];
const PROBE_PATH = "/ISAPI/System/time";
/** States of a stream that is open. */
const OPEN: ReadonlySet<SourceState["kind"]> = new Set(["waiting", "connected", "quiet"] as const);
/** A stream that ends sooner without a single alert is a failure. */
const LIVED_MS = 5000;
/** How many responses in a row may end this fast before that is a fault. */
const QUICK_MS = 20;
const MAX_QUICK = 50;

/**
 * A device's event stream, open as long as it has listeners: one connection, shared by all of them. Sources: the guides'
 * chapter "Event"; what recorders and doorbells do beyond it.
 */
export class AlertStream {
  readonly #device: IsapiDevice;
  readonly #where: string;
  readonly #listeners = new Set<StreamListener>();
  #state: SourceState = { kind: "connecting" };
  #path = 0;
  /**
   * The device responds once per event, or not before the first event. `known`: it did. `assumed`: it was reached and
   * did not respond, like a device that still starts.
   */
  #respondsPerEvent: "known" | "assumed" | undefined;
  #stop: AbortController | undefined;
  #probe: Promise<boolean> | undefined;

  constructor(device: IsapiDevice) {
    this.#device = device;
    this.#where = `The event stream of ${device.client.where}`;
    device.beforeClose(() => {
      this.#close();
    });
  }

  /** The first listener opens the stream, and the last one to leave closes it. @returns leaves */
  listen(listener: StreamListener): () => void {
    this.#listeners.add(listener);
    if (this.#stop === undefined) {
      this.#stop = new AbortController();
      void this.#run(this.#stop.signal);
    } else {
      listener.state(this.#state);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  }

  #close(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { client, clock, random } = this.#device;
    let quick = 0;
    await keepOpen({
      ...{ client, where: this.#where, clock, random, signal },
      longestMs: () => this.#longestMs,
      read: async () => {
        let alerts = 0;
        const end = await this.#readOnce(signal, () => {
          alerts += 1;
        });
        const { lived, isMultipart } = end === "reopen" ? { lived: LIVED_MS, isMultipart: true } : end;
        quick = lived < QUICK_MS ? quick + 1 : 0;
        if ((alerts === 0 && lived < LIVED_MS) || quick > MAX_QUICK) {
          throw new SurveillanceError("CONNECTION_LOST", `${this.#where} ends as soon as it begins.`);
        }
        if (alerts > 0) this.#respondsPerEvent = isMultipart ? undefined : "known";
        // The next response of a device that responds once per event comes on the same connection.
        return isMultipart ? "in a moment" : "at once";
      },
      state: (state) => {
        if (state.kind === "retrying") {
          quick = 0;
          // The device was reached, but did not respond: next time, the watchdog alone decides how long to wait.
          if (isUnanswered(state.error)) this.#respondsPerEvent ??= "assumed";
        }
        this.#tell(state);
      },
    });
  }

  get #longestMs(): number {
    const seconds = [...this.#listeners].map(({ maxBackoff }) => maxBackoff ?? DEFAULT_MAX_BACKOFF);
    return Math.min(...seconds, MAX_BACKOFF) * 1000;
  }

  #readOnce(signal: AbortSignal, counted: () => void): ReturnType<typeof readStream> {
    const { client, clock } = this.#device;
    return readStream({
      ...{ client, where: this.#where, clock, signal },
      open: (stop) => this.#open(stop),
      opened: () => {
        // A stream that was open and ended in good order keeps its state.
        if (!OPEN.has(this.#state.kind)) this.#tell({ kind: "waiting" });
      },
      alive: () => {
        if (this.#state.kind !== "connected") this.#tell({ kind: "connected" });
      },
      part: (part) => {
        const alert = this.#take(part);
        if (alert !== undefined) counted();
        return alert?.heartbeat === true;
      },
      imageBegins: () => {
        for (const listener of this.#listeners) listener.imageBegins();
      },
      warning: (text) => {
        this.#warn(text);
      },
      quiet: (missed, isOpen) => this.#judgeQuiet(missed, isOpen),
      // A device without heartbeats is asked whether it is there. The stream is opened anew either way.
      silent: async (missed) => (missed || (await this.#isAway()) ? "failed" : "reopen"),
    });
  }

  async #judgeQuiet(missed: boolean, isOpen: () => boolean): Promise<SilenceVerdict> {
    if (missed && OPEN.has(this.#state.kind)) this.#tell({ kind: "quiet" });
    if (await this.#isAway()) return "failed";
    // A device that was starting may have forgotten the request.
    return !isOpen() && this.#respondsPerEvent === "assumed" ? "reopen" : "wait";
  }

  async #open(signal: AbortSignal): Promise<IsapiResponse> {
    const path = PATHS[this.#path] ?? "";
    const { client } = this.#device;
    const connection = this.#respondsPerEvent === undefined ? "eventStream" : "lateEventStream";
    const response = await client.request({ path, connection, signal });
    if (response.status === 200) return response;
    const body = await readText(response.body);
    if (response.status === 404 && this.#path + 1 < PATHS.length) {
      this.#path += 1;
      return this.#open(signal);
    }
    // The next attempt begins with the first path: the device may have been updated.
    this.#path = 0;
    throw streamError(response.status, body, this.#where);
  }

  /** @returns the alert that the part holds, if it holds one */
  #take(part: Part): Alert | undefined {
    if (part.kind === "jpeg" || /^image\//i.test(part.headers["content-type"] ?? "")) {
      for (const listener of this.#listeners) listener.image(part);
      return undefined;
    }
    if (part.kind === "other") {
      this.#warn(
        `A part that is not an alert was passed over (${part.headers["content-type"] ?? "no type"}).`,
      );
      return undefined;
    }
    if (isSubscriptionResponse(part)) return undefined;
    const body = part.body.toString();
    if (readResponseStatus(body) !== undefined) {
      this.#warn(statusError(200, body, this.#where).message);
      return undefined;
    }
    let alert: Alert | undefined;
    try {
      const { host, clock, name } = this.#device;
      alert = readAlert(part, { host, now: clock.now() });
      if (name !== undefined) alert.device.name ??= name;
      for (const listener of this.#listeners) listener.alert(alert);
    } catch (thrown) {
      this.#warn(toError(thrown).message);
    }
    return alert;
  }

  /** Sends the device a small request, one at a time. Whatever it responds, it is there. */
  #isAway(): Promise<boolean> {
    this.#probe ??= this.#device.client
      .read({ path: PROBE_PATH })
      .then(() => false, isUnreachable)
      .finally(() => {
        this.#probe = undefined;
      });
    return this.#probe;
  }

  #tell(state: SourceState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener.state(state);
  }

  #warn(text: string): void {
    for (const listener of this.#listeners) listener.warning(text);
  }
}

function streamError(status: number, body: string, where: string): SurveillanceError {
  const error = statusError(status, body, where);
  if (status !== 403) return error;
  const full = error.code === "ISAPI_CONNECTION_LIMIT";
  return new IsapiError(error.code, error.message, {
    httpStatus: status,
    status: readResponseStatus(body),
    advice: full
      ? "Close other clients of the device, or raise its limit."
      : 'Switch "Notify Surveillance Center" on for the events, and give the user the permission for remote alarms.',
  });
}

/** A request went out, and no response came in time. */
function isUnanswered({ cause }: SurveillanceError): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === "UND_ERR_HEADERS_TIMEOUT";
}
