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
  /** The longest pause between two attempts, in seconds. The smallest value of all listeners counts. */
  maxBackoff?: number | undefined;
}

const PATHS = ["/ISAPI/Event/notification/alertStream", "/Event/notification/alertStream"];
const PROBE_PATH = "/ISAPI/System/time";
/** States of a stream that is open. */
const OPEN: ReadonlySet<SourceState["kind"]> = new Set(["waiting", "connected", "quiet"] as const);
/** A stream that ends earlier without an alert is a failure. */
const LIVED_MS = 5000;
/** A response that ends earlier is quick. */
const QUICK_MS = 20;
/** More quick responses in a row are a failure. */
const MAX_QUICK = 50;

/**
 * A device's alert stream: one connection, which all listeners share. It is open while it has listeners. Sources: the
 * chapter "Event" of the guides, and captures from recorders and doorbells.
 */
export class AlertStream {
  readonly #device: IsapiDevice;
  readonly #where: string;
  readonly #listeners = new Set<StreamListener>();
  #state: SourceState = { kind: "connecting" };
  #path = 0;
  /**
   * Whether the device responds once per event, or not before the first event. `known`: it did so. `assumed`: it
   * accepted the connection and responded only to another request. A device that is starting may do the same.
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

  /**
   * Adds a listener. The first one opens the stream, and the last one to leave closes it.
   *
   * @returns a function that removes the listener
   */
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
          throw new SurveillanceError("CONNECTION_LOST", `${this.#where} ends as soon as it opens.`);
        }
        if (alerts > 0) this.#respondsPerEvent = isMultipart ? undefined : "known";
        // If the device responds once per event, its next response comes on the same connection.
        return isMultipart ? "in a moment" : "at once";
      },
      state: (state) => {
        if (state.kind === "retrying") {
          quick = 0;
          if (isUnanswered(state.error)) void this.#learnLateResponse(signal);
        }
        this.#setState(state);
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
        // A stream that was open and ended without an error keeps its state.
        if (!OPEN.has(this.#state.kind)) this.#setState({ kind: "waiting" });
      },
      alive: () => {
        if (this.#state.kind !== "connected") this.#setState({ kind: "connected" });
      },
      part: (part) => {
        const alert = this.#handlePart(part);
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
      // Without heartbeats, a request shows whether the device is reachable. The stream is opened again in both cases.
      silent: async (missed) => (missed || (await this.#isOffline()) ? "failed" : "reopen"),
    });
  }

  async #judgeQuiet(missed: boolean, isOpen: () => boolean): Promise<SilenceVerdict> {
    if (missed && OPEN.has(this.#state.kind)) this.#setState({ kind: "quiet" });
    if (await this.#isOffline()) return "failed";
    // A device that was starting may have lost the request.
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
    // The next attempt starts with the first path: the device may have been updated.
    this.#path = 0;
    throw streamError(response.status, body, this.#where);
  }

  /**
   * The device accepted the connection, but did not respond. If it responds to another request, then only the watchdog
   * limits the wait of the next attempts. A device that hangs would lose this request for minutes, too.
   */
  async #learnLateResponse(signal: AbortSignal): Promise<void> {
    if ((await this.#isOffline()) || signal.aborted || OPEN.has(this.#state.kind)) return;
    this.#respondsPerEvent ??= "assumed";
  }

  /** @returns the alert in the part; undefined if the part is not an alert */
  #handlePart(part: Part): Alert | undefined {
    if (part.kind === "jpeg" || /^image\//i.test(part.headers["content-type"] ?? "")) {
      for (const listener of this.#listeners) listener.image(part);
      return undefined;
    }
    if (part.kind === "other") {
      this.#warn(`Ignored a part that is not an alert (${part.headers["content-type"] ?? "no type"}).`);
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

  /** Sends the device a small request, one at a time. Any response means that it is online. */
  #isOffline(): Promise<boolean> {
    this.#probe ??= this.#device.client
      .read({ path: PROBE_PATH })
      .then(() => false, isUnreachable)
      .finally(() => {
        this.#probe = undefined;
      });
    return this.#probe;
  }

  #setState(state: SourceState): void {
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
      ? "Close other clients of the device, or raise its connection limit."
      : 'Switch on "Notify Surveillance Center" for the events, and give the user the permission for remote alarms.',
  });
}

/** Tells whether a request was sent and no response came within the timeout. */
function isUnanswered({ cause }: SurveillanceError): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === "UND_ERR_HEADERS_TIMEOUT";
}
