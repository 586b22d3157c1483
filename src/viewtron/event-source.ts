import { RecentMap } from "../core/recent-map";
import type { CommonEvent } from "../events";
import { decodePost, type PostContext, type ViewtronPost } from "./decode";
import { channelKey } from "./device";
import { Occurrences } from "./occurrences";

export interface ViewtronEventSourceOptions {
  /** Report alarms going on and off. Default true. */
  statuses?: boolean;
  /** Report the running positions of targets. Default false. */
  tracks?: boolean;
  /** The most track reports of one channel in a second. Default 1. */
  tracksPerSecond?: number;
  /** Report heartbeats. Default false. */
  heartbeats?: boolean;
}

/** More cameras than any site has; beyond that, the one heard from least recently is forgotten. */
const MAX_CHANNELS = 10_000;

/** Turns the posts of any number of cameras and recorders into the events that its options select. */
export class ViewtronEventSource {
  readonly #options: Required<ViewtronEventSourceOptions>;
  readonly #occurrences = new Occurrences();
  /** When the last track report passed, by channel, in milliseconds since the epoch. */
  readonly #trackPassed = new RecentMap<string, number>(MAX_CHANNELS);

  constructor(options: ViewtronEventSourceOptions = {}) {
    this.#options = { statuses: true, tracks: false, tracksPerSecond: 1, heartbeats: false, ...options };
  }

  /**
   * @returns the post with the selected ones of its events; alarm states have the ids of their occurrences
   * @throws {SurveillanceError} VIEWTRON_XML_INVALID
   */
  receive(body: Buffer, context: PostContext): ViewtronPost {
    const post = decodePost(body, context);
    return { ...post, events: this.#selected(post, context) };
  }

  #selected({ kind, events }: ViewtronPost, { receivedAt }: PostContext): CommonEvent[] {
    switch (kind) {
      case "heartbeat":
        return this.#options.heartbeats ? events : [];
      case "status":
        return this.#options.statuses
          ? events.flatMap((event) => this.#occurrences.identify(event) ?? [])
          : [];
      case "tracks":
        return events.filter(
          ({ device, channel }) =>
            this.#options.tracks && this.#passes(channelKey(device, channel), receivedAt.getTime()),
        );
      case "data":
        return events.map((event) => this.#occurrences.follow(event));
      case "rules":
      case "unknown":
        return events;
    }
  }

  /** Cameras send tracks up to twelve times a second: too often for a flow. */
  #passes(channel: string, now: number): boolean {
    const last = this.#trackPassed.get(channel);
    if (last !== undefined && now - last < 1000 / this.#options.tracksPerSecond) return false;
    this.#trackPassed.set(channel, now);
    return true;
  }
}
