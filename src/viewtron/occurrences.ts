import type { CommonEvent } from "../events";
import { channelKey } from "./device";

/** More devices than one node serves; the one heard of least recently is forgotten first. */
const MAX_DEVICES = 1000;
/** More than a recorder of 64 channels has open; of one device that never ends its events, the oldest is forgotten. */
const MAX_OPEN = 500;
/** A camera repeats while a target is there. After this, its number is another event's: cameras that start count anew. */
const SILENCE_MS = 10 * 60_000;

/** An occurrence that goes on. */
interface Open {
  id: string;
  /** Milliseconds since 1970, by this machine's clock. */
  heard: number;
}

/**
 * Gives the start and the end of one alarm the same id, and the next occurrence of the same alarm another one. A camera
 * repeats `true` while an alarm lasts: that is an update, not another start.
 */
export class Occurrences {
  /** By device, then by alarm. */
  readonly #devices = new Map<string, Map<string, Open>>();

  /**
   * @param event of an alarm status: its id names the alarm
   * @returns undefined for an alarm that is off and was never on: devices tell the state of all they have
   */
  identify(event: CommonEvent): CommonEvent | undefined {
    const alarm = event.id;
    const open = this.#openOf(event).get(alarm);
    if (event.state === "end" && open === undefined) return undefined;
    return this.#follow(alarm, open, { ...event, id: open?.id ?? `${alarm}/${event.time}` });
  }

  /** @param event whose id the device itself gave to the occurrence */
  follow(event: CommonEvent): CommonEvent {
    if (event.state === "pulse") return event;
    const open = this.#openOf(event).get(event.id);
    const isAnother =
      event.state === "start" && open !== undefined && heardAt(event) - open.heard > SILENCE_MS;
    if (isAnother) return this.#follow(event.id, undefined, { ...event, id: `${event.id}/${event.time}` });
    return this.#follow(event.id, open, { ...event, id: open?.id ?? event.id });
  }

  #follow(alarm: string, open: Open | undefined, event: CommonEvent): CommonEvent {
    const all = this.#openOf(event);
    all.delete(alarm);
    if (event.state === "end") return event;
    all.set(alarm, { id: event.id, heard: heardAt(event) });
    forgetOldest(all, MAX_OPEN);
    return event.state === "start" && open !== undefined ? { ...event, state: "update" } : event;
  }

  #openOf({ device }: CommonEvent): Map<string, Open> {
    const key = channelKey(device, { id: "" });
    const open = this.#devices.get(key) ?? new Map<string, Open>();
    this.#devices.delete(key);
    this.#devices.set(key, open);
    forgetOldest(this.#devices, MAX_DEVICES);
    return open;
  }
}

function heardAt({ receivedTime }: CommonEvent): number {
  return Date.parse(receivedTime);
}

function forgetOldest(map: Map<string, unknown>, size: number): void {
  if (map.size <= size) return;
  const [oldest = ""] = map.keys();
  map.delete(oldest);
}
