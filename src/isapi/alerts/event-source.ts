import { randomUUID } from "node:crypto";
import { toError, type SurveillanceError } from "../../core/errors";
import { Once } from "../../core/once";
import {
  OccurrenceTracker,
  type CommonEvent,
  type CommonEventType,
  type EventImage,
  type EventState,
  type EventTarget,
} from "../../events";
import type { Source, SourceHandler, SourceState } from "../../events/source";
import { isUnreachable } from "../../net/network-error";
import { ChannelMap } from "../device/channels";
import type { IsapiDevice } from "../device/device";
import type { Alert } from "./alert";
import { AlertStream } from "./alert-stream";
import { EventFilter, type EventFilterOptions } from "./event-filter";
import { Gate } from "./gate";
import { ImageFetcher } from "./image-fetcher";
import { ImageJoiner } from "./image-joiner";
import { StreamClock } from "./stream-clock";

export interface IsapiEventSourceOptions extends EventFilterOptions {
  /** Seconds without a report after which an alarm ends; 0: only the device ends it. Default 5. */
  endAfter?: number;
  /** Also emit the updates of an alarm. */
  updates?: boolean;
  heartbeats?: boolean;
  /** Wait for images and add them to the event. Default true. */
  images?: boolean;
  /** Emit an event when the device goes offline. */
  offlineEvents?: boolean;
  /** The longest pause between two attempts to open the stream, in seconds; default 10. */
  maxBackoff?: number | undefined;
}

export interface IsapiEvent {
  event: CommonEvent;
  /** The body of the alert as received; undefined for an event that the device did not send. */
  raw: string | undefined;
}

/** A single failed attempt may be a restart of the stream. */
const OFFLINE_AFTER_FAILURES = 2;
const OFFLINE = "deviceOffline";

/** The longest wait of the first event for the device's list of channels. */
const CHANNELS_WAIT_MS = 2000;

/** Emits a device's alerts as common events for one listener: filtered, with images, with start and end. */
export class IsapiEventSource implements Source {
  readonly #device: IsapiDevice;
  readonly #options: IsapiEventSourceOptions;
  readonly #handler: SourceHandler<IsapiEvent>;
  readonly #filter: EventFilter;
  readonly #tracker: OccurrenceTracker<Alert>;
  readonly #joiner: ImageJoiner;
  readonly #gate: Gate;
  readonly #leave: () => void;
  /** Whether an event has waited for the channels. Only one event waits, even if the device is slow. */
  #hasWaited = false;
  readonly #streamClock = new StreamClock();
  /** The code of the reported failure. */
  readonly #reported = new Once(1);
  #offlineId: string | undefined;

  constructor(device: IsapiDevice, options: IsapiEventSourceOptions, handler: SourceHandler<IsapiEvent>) {
    this.#device = device;
    this.#options = options;
    this.#handler = handler;
    this.#filter = new EventFilter(options);
    const { clock } = device;
    this.#tracker = new OccurrenceTracker<Alert>({
      endAfterMs: (options.endAfter ?? 5) * 1000,
      clock,
      onEnd: (id, last) => {
        if (last.momentary) return;
        const time = this.#streamClock.at(clock.now(), last.time);
        const receivedTime = new Date(clock.now()).toISOString();
        this.#emit({ ...last, time, receivedTime }, "end", id, [], undefined);
      },
    });
    this.#joiner = new ImageJoiner({
      clock,
      fetch: (image, alert) => device.shared(ImageFetcher).fetch(image, alert),
      release: (alert, images) => {
        this.#track(alert, images);
      },
    });
    this.#gate = new Gate(clock, (thrown) => {
      handler.warning(toError(thrown).message);
    });
    this.#leave = device.shared(AlertStream).listen({
      maxBackoff: options.maxBackoff,
      alert: (alert) => {
        this.#streamClock.learn(alert);
        const unknown = needsChannels(alert) ? device.learnChannels() : undefined;
        if (unknown !== undefined && !this.#hasWaited) this.#gate.close(unknown, CHANNELS_WAIT_MS);
        this.#hasWaited ||= unknown !== undefined;
        this.#gate.pass(() => {
          this.#take(alert);
        });
      },
      imageBegins: () => {
        this.#gate.pass(() => {
          this.#joiner.imageBegins();
        });
      },
      image: (part) => {
        this.#gate.pass(() => {
          this.#joiner.image(part);
        });
      },
      state: (state) => {
        this.#handleState(state);
      },
      warning: (text) => {
        handler.warning(text);
      },
    });
  }

  close(): Promise<void> {
    this.#leave();
    this.#gate.clear();
    this.#joiner.close();
    this.#tracker.close();
    return Promise.resolve();
  }

  #take(alert: Alert): void {
    const { id } = this.#device.channelOf(alert.rawChannel);
    if (!this.#filter.acceptsAlert(alert, id)) return;
    if (this.#options.images === false) this.#track(alert, []);
    else this.#joiner.alert(alert);
  }

  #track(alert: Alert, images: EventImage[]): void {
    if (!alert.active || alert.heartbeat) {
      this.#end(alert, images);
      return;
    }
    if (!this.#filter.acceptsTargets(alert)) return;
    if (alert.momentary && alert.type !== "licensePlate") {
      this.#emit(alert, "pulse", randomUUID(), images, alert.raw);
      return;
    }
    for (const { key, type, targets } of this.#occurrencesOf(alert)) {
      if (!this.#filter.acceptsType(type, alert)) continue;
      const reported = { ...alert, type, targets };
      const { id, state } = this.#tracker.report(key, reported);
      if (state === "update" && this.#options.updates !== true) continue;
      // A device reads a plate several times while it passes. All readings are one occurrence.
      this.#emit(reported, alert.momentary && state === "start" ? "pulse" : state, id, images, alert.raw);
    }
  }

  #end(alert: Alert, images: EventImage[]): void {
    const ended = this.#occurrencesOf(alert).flatMap(({ key, targets }) => {
      const over = this.#tracker.end(key);
      return over === undefined ? [] : [{ ...over, targets }];
    });
    if (ended.length === 0 && alert.heartbeat && this.#options.heartbeats === true)
      this.#emit({ ...alert, type: "heartbeat" }, "pulse", randomUUID(), [], alert.raw);
    if (alert.momentary) return;
    for (const { id, last, targets } of ended)
      this.#emit({ ...alert, type: last.type, targets }, "end", id, images, alert.raw);
  }

  /** Returns the occurrences of a report, with their keys. A report without a mark belongs to all open occurrences. */
  #occurrencesOf({
    key,
    occurrences,
  }: Alert): { key: string; type: CommonEventType; targets: EventTarget[] }[] {
    return occurrences.flatMap(({ mark, type, targets }) => {
      const open = mark === undefined ? this.#tracker.open(key) : [];
      return (open.length === 0 ? [key + (mark ?? "")] : open).map((each) => ({ key: each, type, targets }));
    });
  }

  #emit(alert: Alert, state: EventState, id: string, images: EventImage[], raw: string | undefined): void {
    const channel = this.#device.channelOf(alert.rawChannel);
    const name = alert.channelName ?? channel.name;
    const event: CommonEvent = {
      source: "isapi",
      type: alert.type,
      vendorType: alert.vendorType,
      state,
      id,
      time: alert.time,
      receivedTime: alert.receivedTime,
      device: alert.device,
      channel: { id: channel.id, ...(name === undefined ? {} : { name }) },
      ...(alert.description === undefined ? {} : { description: alert.description }),
      targets: alert.targets,
      images,
      details: alert.details,
    };
    void this.#handler.event({ event, raw });
  }

  #handleState(state: SourceState): void {
    this.#handler.state(state);
    if (state.kind === "connecting") return;
    if (state.kind === "retrying") {
      if (this.#reported.first(state.error.code)) this.#handler.failure(state.error);
    } else {
      this.#reported.clear();
    }
    if (this.#options.offlineEvents !== true) return;
    if (state.kind !== "retrying") {
      if (this.#offlineId !== undefined) this.#emitOffline("end", this.#offlineId, {});
      this.#offlineId = undefined;
    } else if (
      this.#offlineId === undefined &&
      (state.failures ?? 0) >= OFFLINE_AFTER_FAILURES &&
      isOffline(state.error)
    ) {
      this.#offlineId = randomUUID();
      this.#emitOffline("start", this.#offlineId, { code: state.error.code, message: state.error.message });
    }
  }

  #emitOffline(state: "start" | "end", id: string, details: Record<string, unknown>): void {
    const { name, host, clock } = this.#device;
    const now = new Date(clock.now()).toISOString();
    const event: CommonEvent = {
      source: "isapi",
      type: OFFLINE,
      vendorType: OFFLINE,
      state,
      id,
      time: now,
      receivedTime: now,
      device: { ...(name === undefined ? {} : { name }), host },
      channel: { id: "0" },
      targets: [],
      images: [],
      details,
    };
    void this.#handler.event({ event, raw: undefined });
  }
}

/** Tells whether an alert's channel must be looked up. Most alerts name it; channel 0 is the device itself. */
function needsChannels({ heartbeat, rawChannel, channelName, type }: Alert): boolean {
  if (heartbeat || type === "alarmInput" || rawChannel === "0") return false;
  return ChannelMap.isIpChannel(rawChannel) || channelName === undefined;
}

/** Tells whether an error means that the device is offline, and not that it refuses the request. */
function isOffline(error: SurveillanceError): boolean {
  return isUnreachable(error) || error.code === "ISAPI_SILENT";
}
