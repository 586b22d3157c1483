import type { Alert } from "./alert";

/** Reports that tell the clock; one that was set back is believed once all of them tell so. */
const KEPT = 16;
const ZONE = /(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** The device's own clock, learnt from the times in its stream. It may be hours away from this machine's. */
export class StreamClock {
  #offsets: number[] = [];

  learn({ time, receivedTime }: Pick<Alert, "time" | "receivedTime">): void {
    // The time of receipt stands in where the device told none.
    if (time === receivedTime) return;
    this.#offsets = [...this.#offsets, Date.parse(time) - Date.parse(receivedTime)].slice(-KEPT);
  }

  /**
   * @param now this machine's time, in milliseconds since 1970
   * @param like a time of the device, whose zone is kept
   * @returns what the device's clock shows now, as ISO 8601
   */
  at(now: number, like: string): string {
    if (this.#offsets.length === 0) return new Date(now).toISOString();
    // Some repeat a report with the time of its beginning: the latest clock is the right one.
    const device = now + Math.max(...this.#offsets);
    const [zone = "Z", sign, hours = "0", minutes = "0"] = ZONE.exec(like) ?? [];
    const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    return new Date(device + offset).toISOString().slice(0, 19) + zone;
  }
}
