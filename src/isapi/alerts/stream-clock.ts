import type { Alert } from "./alert";

/** The number of reports whose times are kept. If a clock is set back, all of them must show it. */
const KEPT = 16;
const ZONE = /(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** The device's clock, learnt from the times in its stream. It may differ from this machine's by hours. */
export class StreamClock {
  #offsets: number[] = [];

  learn({ time, receivedTime }: Pick<Alert, "time" | "receivedTime">): void {
    // Equal times mean that the report has no time.
    if (time === receivedTime) return;
    this.#offsets = [...this.#offsets, Date.parse(time) - Date.parse(receivedTime)].slice(-KEPT);
  }

  /**
   * @param now this machine's time, in milliseconds since 1970
   * @param like a time of the device, for the zone of the result
   * @returns the time of the device's clock, as ISO 8601
   */
  at(now: number, like: string): string {
    if (this.#offsets.length === 0) return new Date(now).toISOString();
    // Some devices repeat a report with the time of its start, so the largest offset is right.
    const device = now + Math.max(...this.#offsets);
    const [zone = "Z", sign, hours = "0", minutes = "0"] = ZONE.exec(like) ?? [];
    const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    return new Date(device + offset).toISOString().slice(0, 19) + zone;
  }
}
