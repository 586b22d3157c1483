import { RecentMap } from "../core/recent-map";
import type { CommonEvent } from "../events";
import { decodePost, type PostContext, type ViewtronPost } from "./decode";
import { channelKey } from "./device";
import { Occurrences } from "./occurrences";

export interface ViewtronEventSourceOptions {
  /** Report the start and end of alarms. Default true. */
  statuses?: boolean;
  /** Report the running positions of targets. Default false. */
  tracks?: boolean;
  /** Maximum number of track reports of one channel in a second. Default 1. */
  tracksPerSecond?: number;
  /** Report heartbeats. Default false. */
  heartbeats?: boolean;
}

/** More cameras than any site has. Beyond it, the channel with the oldest track report is forgotten. */
const MAX_CHANNELS = 10_000;

/** Converts the posts of any number of cameras and recorders to the events that its options select. */
export class ViewtronEventSource {
  readonly #options: Required<ViewtronEventSourceOptions>;
  readonly #occurrences = new Occurrences();
  /** Time of the last selected track report by channel, in milliseconds since the epoch. */
  readonly #lastTrack = new RecentMap<string, number>(MAX_CHANNELS);

  constructor(options: ViewtronEventSourceOptions = {}) {
    this.#options = { statuses: true, tracks: false, tracksPerSecond: 1, heartbeats: false, ...options };
  }

  /**
   * @returns the post with its selected events; alarm states have the ids of their occurrences
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

  /** Limits track reports: cameras send them up to twelve times a second, too often for a flow. */
  #passes(channel: string, now: number): boolean {
    const last = this.#lastTrack.get(channel);
    if (last !== undefined && now - last < 1000 / this.#options.tracksPerSecond) return false;
    this.#lastTrack.set(channel, now);
    return true;
  }
}
