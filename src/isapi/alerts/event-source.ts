import { randomUUID } from "node:crypto";
import { systemClock, type Clock } from "../../core/clock";
import { toError, type ErrorCode } from "../../core/errors";
import {
  OccurrenceTracker,
  type CommonEvent,
  type CommonEventType,
  type EventImage,
  type EventState,
  type EventTarget,
} from "../../events";
import type { Alert } from "./alert";
import { AWAY_CODES, type StreamState } from "./alert-stream";
import type { IsapiDevice } from "../device";
import { ChannelMap } from "../channels";
import { Gate } from "./gate";
import { PictureJoiner } from "./picture-joiner";
import { StreamClock } from "./stream-clock";

export interface EventSourceOptions {
  /** The vendor's names or the common ones; empty: all. */
  eventTypes?: readonly string[];
  /** Empty: all. */
  channels?: readonly string[];
  /** `human`, `vehicle`, …: alarms that name only others are left out. Empty: all. */
  targets?: readonly string[];
  /** Seconds of silence after which an alarm is over; 0: only the device ends it. Default 5. */
  endAfter?: number;
  /** Also report that an alarm goes on. */
  updates?: boolean;
  heartbeats?: boolean;
  /** Wait for pictures and add them. Default true. */
  images?: boolean;
  /** Report the loss of the device as an event. */
  offlineEvents?: boolean;
  /** Seconds that may lie between two attempts to open the stream; default 10. */
  maxBackoff?: number | undefined;
  clock?: Clock;
}

export interface EventSourceHandler {
  /** @param raw the alert's body as received; undefined for what the device did not say itself */
  event(event: CommonEvent, raw: string | undefined): void;
  state(state: StreamState): void;
  warning(text: string): void;
}

/** Failures that mean that the device is not there, rather than that it refuses. */
const OFFLINE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([...AWAY_CODES, "ISAPI_SILENT"]);
/** One failed attempt may be a restart of the stream. */
const OFFLINE_AFTER_FAILURES = 2;
const OFFLINE = "deviceOffline";
/** Targets that nobody means who chooses people or vehicles: a fire is an alarm to them, too. */
const MEASURED: ReadonlySet<string> = new Set(["fire", "smoke", "temperature"]);

/** How long the first event waits for the device to tell its channels. */
const CHANNELS_WAIT_MS = 2000;

/** One listener's view of a device: its alerts as common events, filtered, with pictures, with start and end. */
export class EventSource {
  readonly #device: IsapiDevice;
  readonly #options: EventSourceOptions;
  readonly #clock: Clock;
  readonly #handler: EventSourceHandler;
  readonly #tracker: OccurrenceTracker<Alert>;
  readonly #joiner: PictureJoiner;
  readonly #types: ReadonlySet<string>;
  readonly #targets: ReadonlySet<string>;
  readonly #leave: () => void;
  readonly #gate: Gate;
  /** For the channels: a device that is slow to tell them does not hold up event after event. */
  #hasWaited = false;
  readonly #streamClock = new StreamClock();
  #offlineId: string | undefined;

  constructor(device: IsapiDevice, options: EventSourceOptions, handler: EventSourceHandler) {
    this.#device = device;
    this.#options = options;
    this.#handler = handler;
    const { clock = systemClock } = options;
    this.#clock = clock;
    this.#types = new Set((options.eventTypes ?? []).map((type) => type.toLowerCase()));
    this.#targets = new Set((options.targets ?? []).map((target) => target.toLowerCase()));
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
    this.#joiner = new PictureJoiner({
      clock,
      fetch: (picture, alert) => device.pictures.fetch(picture, alert),
      release: (alert, images) => {
        this.#track(alert, images);
      },
    });
    this.#gate = new Gate(clock, (thrown) => {
      handler.warning(toError(thrown).message);
    });
    this.#leave = device.stream.listen({
      maxBackoff: options.maxBackoff,
      alert: (alert) => {
        this.#streamClock.learn(alert);
        const unknown = this.#needsChannels(alert) ? device.learnChannels() : undefined;
        if (unknown !== undefined && !this.#hasWaited) this.#gate.close(unknown, CHANNELS_WAIT_MS);
        this.#hasWaited ||= unknown !== undefined;
        this.#gate.pass(() => {
          this.#take(alert);
        });
      },
      pictureBegins: () => {
        this.#gate.pass(() => {
          this.#joiner.pictureBegins();
        });
      },
      picture: (part) => {
        this.#gate.pass(() => {
          this.#joiner.picture(part);
        });
      },
      state: (state) => {
        this.#watch(state);
      },
      warning: (text) => {
        handler.warning(text);
      },
    });
  }

  close(): void {
    this.#leave();
    this.#gate.clear();
    this.#joiner.close();
    this.#tracker.close();
  }

  /** An alert's own words are enough for most: channel 1, by name. Channel 0 is the device itself. */
  #needsChannels({ heartbeat, rawChannel, channelName, type }: Alert): boolean {
    if (heartbeat || type === "alarmInput" || rawChannel === "0") return false;
    return ChannelMap.isIpChannel(rawChannel) || channelName === undefined;
  }

  #take(alert: Alert): void {
    if (!this.#isWanted(alert)) return;
    if (this.#options.images === false) this.#track(alert, []);
    else this.#joiner.alert(alert);
  }

  #isWanted(alert: Alert): boolean {
    // The end of a video loss looks like a heartbeat: told apart once the alerts before it are through.
    if (alert.heartbeat) return true;
    const { rawChannel, active } = alert;
    // The end of what was wanted is, too, also where it no longer says what it is the end of.
    if (active && !alert.occurrences.some(({ type }) => this.#isWantedType(type, alert))) return false;
    const channels = this.#options.channels ?? [];
    const id = this.#device.channelOf(rawChannel).id;
    return channels.length === 0 || channels.includes(id) || channels.includes(rawChannel);
  }

  #isWantedType(type: CommonEventType, { vendorType }: Alert): boolean {
    return (
      this.#types.size === 0 ||
      this.#types.has(type.toLowerCase()) ||
      this.#types.has(vendorType.toLowerCase())
    );
  }

  /** An alarm that names nobody passes: better one too many than one missed. */
  #isWantedTarget({ targets }: Alert): boolean {
    return (
      this.#targets.size === 0 ||
      targets.length === 0 ||
      targets.some(({ label }) => this.#targets.has(label) || MEASURED.has(label))
    );
  }

  #track(alert: Alert, images: EventImage[]): void {
    if (!alert.active || alert.heartbeat) {
      this.#end(alert, images);
      return;
    }
    if (!this.#isWantedTarget(alert)) return;
    if (alert.momentary && alert.type !== "licensePlate") {
      this.#emit(alert, "pulse", randomUUID(), images, alert.raw);
      return;
    }
    for (const { key, type, targets } of this.#occurrencesOf(alert)) {
      if (!this.#isWantedType(type, alert)) continue;
      const reported = { ...alert, type, targets };
      const { id, state } = this.#tracker.report(key, reported);
      if (state === "update" && this.#options.updates !== true) continue;
      // A plate is read several times as it passes; it is one passage.
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

  /** What a report is of, by key. One that does not say which of several it means, means all that go on. */
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
    this.#handler.event(
      {
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
      },
      raw,
    );
  }

  #watch(state: StreamState): void {
    this.#handler.state(state);
    if (this.#options.offlineEvents !== true || state.kind === "connecting") return;
    if (state.kind === "connected") {
      if (this.#offlineId !== undefined) this.#emitOffline("end", this.#offlineId, {});
      this.#offlineId = undefined;
    } else if (
      this.#offlineId === undefined &&
      state.failures >= OFFLINE_AFTER_FAILURES &&
      OFFLINE_CODES.has(state.error.code)
    ) {
      this.#offlineId = randomUUID();
      this.#emitOffline("start", this.#offlineId, { code: state.error.code, message: state.error.message });
    }
  }

  #emitOffline(state: "start" | "end", id: string, details: Record<string, unknown>): void {
    const now = new Date(this.#clock.now()).toISOString();
    const { name, host } = this.#device;
    this.#handler.event(
      {
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
      },
      undefined,
    );
  }
}
