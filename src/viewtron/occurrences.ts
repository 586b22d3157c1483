import { RecentMap } from "../core/recent-map";
import { OccurrenceTracker, type CommonEvent } from "../events";
import { channelKey } from "./device";

/** More devices than one node serves. Beyond it, the device with the oldest post is forgotten. */
const MAX_DEVICES = 1000;
/** More than the open alarms of a recorder with 64 channels. */
const MAX_OPEN = 500;
/**
 * Cameras repeat an event while a target is present. After this time, its number means another event: the camera
 * restarted.
 */
const SILENCE_MS = 10 * 60_000;

/**
 * Gives the start and the end of one alarm the same id, and the next occurrence of the same alarm another one. A camera
 * repeats `true` while an alarm lasts, which is an update and not another start.
 */
export class Occurrences {
  /** One tracker for each device, so that a device that never ends its events does not displace those of others. */
  readonly #devices = new RecentMap<string, OccurrenceTracker<number>>(MAX_DEVICES);

  /**
   * Replaces the id of an alarm status, which names the alarm, by the id of its occurrence.
   *
   * @returns undefined for an alarm that is off and was never on: devices send the states of all their alarms
   */
  identify(event: CommonEvent): CommonEvent | undefined {
    const alarm = event.id;
    if (event.state === "end") {
      const ended = this.#trackerOf(event).end(alarm);
      return ended && { ...event, id: ended.id };
    }
    return this.#report(alarm, event, `${alarm}/${event.time}`);
  }

  /** Corrects state and id of an event to which the device itself gave an id. */
  follow(event: CommonEvent): CommonEvent {
    if (event.state === "pulse") return event;
    const tracker = this.#trackerOf(event);
    if (event.state === "end") return { ...event, id: tracker.end(event.id)?.id ?? event.id };
    const open = tracker.get(event.id);
    const isAnother =
      event.state === "start" && open !== undefined && receivedAt(event) - open.last > SILENCE_MS;
    if (!isAnother) return this.#report(event.id, event, event.id);
    tracker.end(event.id);
    return this.#report(event.id, event, `${event.id}/${event.time}`);
  }

  #report(alarm: string, event: CommonEvent, newId: string): CommonEvent {
    const { id, state } = this.#trackerOf(event).report(alarm, receivedAt(event), newId);
    return { ...event, id, ...(event.state === "start" && { state }) };
  }

  #trackerOf({ device }: CommonEvent): OccurrenceTracker<number> {
    const key = channelKey(device, { id: "" });
    const tracker =
      this.#devices.get(key) ?? new OccurrenceTracker({ maxOpen: MAX_OPEN, drops: "least recent" });
    this.#devices.set(key, tracker);
    return tracker;
  }
}

function receivedAt({ receivedTime }: CommonEvent): number {
  return Date.parse(receivedTime);
}
