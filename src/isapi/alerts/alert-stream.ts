import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError, toError, type ErrorCode } from "../../core/errors";
import { isSubscriptionAnswer, readAlert, type Alert } from "./alert";
import type { IsapiClient } from "../connection/client";
import { readText, type IsapiResponse } from "../connection/messages";
import { readResponseStatus, statusError, IsapiError } from "../connection/response-status";
import { PartParser, type Part } from "../stream/part-parser";
import { DripGuard } from "../stream/drip-guard";
import { DEFAULT_MAX_BACKOFF, MAX_BACKOFF } from "../stream/backoff";
import { keepOpen } from "../stream/keep-open";
import { Watchdog } from "../stream/watchdog";

export type StreamState =
  | { kind: "connecting" }
  /**
   * The stream is open. Without `sign`, the device was heard of lately; `none`: nothing has come over the stream yet;
   * `quiet`: heartbeats that were to come did not.
   */
  | { kind: "connected"; sign?: "none" | "quiet" }
  /** Nothing comes; tried again in `retryMs`. `failures` counts the attempts in a row that failed. */
  | { kind: "down"; error: SurveillanceError; failures: number; retryMs: number };

export interface StreamListener {
  alert(alert: Alert): void;
  pictureBegins(): void;
  picture(part: Part): void;
  state(state: StreamState): void;
  warning(text: string): void;
  /** Seconds that may lie between two attempts to open the stream; of several listeners, the shortest counts. */
  maxBackoff?: number | undefined;
}

export interface AlertStreamOptions {
  client: IsapiClient;
  /** A name for the device, for events and topics. */
  name?: string | undefined;
  clock?: Clock;
  /** 0 ≤ x < 1, for the jitter. */
  random?: () => number;
}

const PATHS = ["/ISAPI/Event/notification/alertStream", "/Event/notification/alertStream"];
const PROBE_PATH = "/ISAPI/System/time";
/** Failures that mean that the device is not there, rather than that it refuses. */
export const AWAY_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "HOST_UNKNOWN",
  "CONNECTION_REFUSED",
  "CONNECTION_LOST",
  "TIMEOUT",
]);
/** A stream that ends sooner without a single alert is no success. */
const LIVED_MS = 5000;
/** How many responses in a row may be over this fast before they are taken for a fault. */
const QUICK_MS = 20;
const MAX_QUICK = 50;

/**
 * A device's event stream, kept open as long as anybody listens: one connection, shared by all listeners. Sources: the
 * guides' chapter "Event"; what recorders and doorbells do beyond it.
 */
export class AlertStream {
  readonly #options: AlertStreamOptions;
  readonly #clock: Clock;
  readonly #listeners = new Set<StreamListener>();
  #state: StreamState = { kind: "connecting" };
  #path = 0;
  /**
   * The device answers once per event, or not before the first one: it did, or it was reached and said nothing, as one
   * does that still starts.
   */
  #answersPerEvent: "known" | "assumed" | undefined;
  #stop: AbortController | undefined;
  #asking: Promise<boolean> | undefined;

  constructor(options: AlertStreamOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** The first listener opens the stream, the last one to leave closes it. @returns leaves */
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
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { client, random } = this.#options;
    const where = `The event stream of ${client.where}`;
    let quick = 0;
    this.#tell({ kind: "connecting" });
    await keepOpen({
      ...{ client, where, clock: this.#clock, random, signal },
      longestMs: () => this.#longestMs,
      read: async () => {
        const { lived, alerts, multipart } = await this.#readOnce(signal);
        // A device that answers once per event is asked again at once: its next answer comes on the same connection.
        quick = lived < QUICK_MS ? quick + 1 : 0;
        if ((alerts === 0 && lived < LIVED_MS) || quick > MAX_QUICK) {
          throw new SurveillanceError("CONNECTION_LOST", `${where} ends as soon as it begins.`);
        }
        if (alerts > 0) this.#answersPerEvent = multipart ? undefined : "known";
        return multipart ? "in a moment" : "at once";
      },
      failed: (error, failures, retryMs) => {
        quick = 0;
        // It was reached, but has said nothing yet: next time, the watchdog alone decides how long to wait.
        if (isUnanswered(error)) this.#answersPerEvent ??= "assumed";
        this.#tell({ kind: "down", error, failures, retryMs });
      },
    });
  }

  get #longestMs(): number {
    const wanted = [...this.#listeners].map(({ maxBackoff }) => maxBackoff ?? DEFAULT_MAX_BACKOFF);
    return Math.min(...wanted, MAX_BACKOFF) * 1000;
  }

  /** Opens the stream and reads it to its end. */
  async #readOnce(signal: AbortSignal): Promise<{ lived: number; alerts: number; multipart: boolean }> {
    const stop = new AbortController();
    const abort = (): void => {
      stop.abort();
    };
    signal.addEventListener("abort", abort);
    let silence: SurveillanceError | "reopen" | undefined;
    const watchdog = new Watchdog({
      clock: this.#clock,
      onQuiet: (missed) => {
        if (missed && this.#state.kind === "connected") this.#tell({ kind: "connected", sign: "quiet" });
        const since = this.#clock.now();
        void this.#isAway().then((away) => {
          if (watchdog.heardSince(since)) return;
          if (away) silence = this.#silentError(watchdog.silentSeconds);
          // It may have forgotten what it was asked while it started.
          else if (!isOpen && this.#answersPerEvent === "assumed") silence = "reopen";
          else return;
          abort();
        });
      },
      onSilence: (seconds, missed) => {
        void this.#judgeSilence(seconds, missed).then((verdict) => {
          silence = verdict;
          abort();
        });
      },
    });
    const opened = this.#clock.now();
    const { client } = this.#options;
    const where = `The event stream of ${client.where}`;
    const drip = new DripGuard({ clock: this.#clock, timeout: client.timeout, where });
    let alerts = 0;
    let isOpen = false;
    try {
      const response = await this.#open(stop.signal);
      isOpen = true;
      // Where it was open and ended in good order, nothing has changed.
      if (this.#state.kind !== "connected") this.#tell({ kind: "connected", sign: "none" });
      watchdog.data();
      const type = headerOf(response, "content-type");
      const parser = this.#parser(type, drip, (alert) => {
        alerts += 1;
        if (alert.heartbeat) watchdog.beat();
      });
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        const isLife = watchdog.data(chunk.length);
        if (isLife && (this.#state.kind !== "connected" || this.#state.sign !== undefined))
          this.#tell({ kind: "connected" });
        parser.push(chunk);
        drip.check(chunk);
      }
      parser.end();
      return { lived: this.#clock.now() - opened, alerts, multipart: /^multipart\//i.test(type) };
    } catch (thrown) {
      if (silence === "reopen") return { lived: LIVED_MS, alerts, multipart: true };
      throw silence ?? thrown;
    } finally {
      watchdog.stop();
      signal.removeEventListener("abort", abort);
    }
  }

  async #open(signal: AbortSignal): Promise<IsapiResponse> {
    const path = PATHS[this.#path] ?? "";
    const { client } = this.#options;
    const connection = this.#answersPerEvent === undefined ? "eventStream" : "lateEventStream";
    const response = await client.request({ path, connection, signal });
    if (response.status === 200) return response;
    const body = await readText(response.body);
    if (response.status === 404 && this.#path + 1 < PATHS.length) {
      this.#path += 1;
      return this.#open(signal);
    }
    // Next time from the beginning: the device may have been updated.
    this.#path = 0;
    throw streamError(response.status, body, client.where);
  }

  #parser(contentType: string, drip: DripGuard, seen: (alert: Alert) => void): PartParser {
    const boundary = /boundary=("[^"]*"|[^;\s]+)/i.exec(contentType)?.[1];
    return new PartParser(
      {
        part: (part) => {
          drip.part();
          this.#part(part, seen);
        },
        pictureBegins: () => {
          for (const listener of this.#listeners) listener.pictureBegins();
        },
        warning: (text) => {
          this.#warn(text);
        },
      },
      { boundary },
    );
  }

  #part(part: Part, seen: (alert: Alert) => void): void {
    if (part.kind === "jpeg" || /^image\//i.test(part.headers["content-type"] ?? "")) {
      for (const listener of this.#listeners) listener.picture(part);
      return;
    }
    if (part.kind === "other") {
      this.#warn(`A part that is no alert was passed over (${part.headers["content-type"] ?? "no type"}).`);
      return;
    }
    if (isSubscriptionAnswer(part)) return;
    const status = readResponseStatus(part.body.toString());
    if (status !== undefined) {
      this.#warn(
        statusError(200, part.body.toString(), `The event stream of ${this.#options.client.where}`).message,
      );
      return;
    }
    try {
      const { client, name } = this.#options;
      const alert = readAlert(part, { host: client.origin.hostname, now: this.#clock.now() });
      if (name !== undefined) alert.device.name ??= name;
      seen(alert);
      for (const listener of this.#listeners) listener.alert(alert);
    } catch (thrown) {
      this.#warn(toError(thrown).message);
    }
  }

  /** A device without heartbeats is asked whether it is there; the stream is opened anew either way. */
  async #judgeSilence(seconds: number, missed: boolean): Promise<SurveillanceError | "reopen"> {
    return missed || (await this.#isAway()) ? this.#silentError(seconds) : "reopen";
  }

  #silentError(seconds: number): SurveillanceError {
    const { where } = this.#options.client;
    return new SurveillanceError("ISAPI_SILENT", `The event stream of ${where} is silent for ${seconds} s.`, {
      advice: "It is opened anew.",
    });
  }

  /** Asks the device for something small, once at a time. Whatever it answers, it is there. */
  #isAway(): Promise<boolean> {
    this.#asking ??= this.#options.client
      .read({ path: PROBE_PATH })
      .then(
        () => false,
        (thrown: unknown) => thrown instanceof SurveillanceError && AWAY_CODES.has(thrown.code),
      )
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  #tell(state: StreamState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener.state(state);
  }

  #warn(text: string): void {
    for (const listener of this.#listeners) listener.warning(text);
  }
}

function streamError(status: number, body: string, where: string): SurveillanceError {
  const error = statusError(status, body, `The event stream of ${where}`);
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

/** A request went out, and nothing came back in time. */
function isUnanswered({ cause }: SurveillanceError): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === "UND_ERR_HEADERS_TIMEOUT";
}

function headerOf(response: IsapiResponse, name: string): string {
  const value = response.headers[name];
  return typeof value === "string" ? value : "";
}
