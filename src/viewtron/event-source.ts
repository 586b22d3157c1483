import type { CommonEvent } from "../events";
import { decodePost, type PostContext, type ViewtronPost } from "./decode";
import { channelKey } from "./device";
import { Occurrences } from "./occurrences";
import { TrackLimiter } from "./track-limiter";

export interface ViewtronEventSourceOptions {
  /** Report alarms going on and off. Default true. */
  statuses?: boolean;
  /** Report the running positions of targets. Default false. */
  tracks?: boolean;
  /** At most so many track reports of one channel in a second. Default 1. */
  tracksPerSecond?: number;
  /** Report heartbeats. Default false. */
  heartbeats?: boolean;
}

/** Turns the posts of any number of cameras and recorders into the events that were asked for. */
export class ViewtronEventSource {
  readonly #options: Required<ViewtronEventSourceOptions>;
  readonly #occurrences = new Occurrences();
  readonly #limiter: TrackLimiter;

  constructor(options: ViewtronEventSourceOptions = {}) {
    this.#options = { statuses: true, tracks: false, tracksPerSecond: 1, heartbeats: false, ...options };
    this.#limiter = new TrackLimiter(this.#options.tracksPerSecond);
  }

  /**
   * @returns the post with those of its events that are to be reported: with alarm states told apart by occurrence
   * @throws {SurveillanceError} VIEWTRON_XML_INVALID
   */
  receive(body: Buffer, context: PostContext): ViewtronPost {
    const post = decodePost(body, context);
    return { ...post, events: this.#wanted(post, context) };
  }

  #wanted({ kind, events }: ViewtronPost, { receivedAt }: PostContext): CommonEvent[] {
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
            this.#options.tracks && this.#limiter.passes(channelKey(device, channel), receivedAt.getTime()),
        );
      case "data":
        return events.map((event) => this.#occurrences.follow(event));
      case "rules":
      case "unknown":
        return events;
    }
  }
}
