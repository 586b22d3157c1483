import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseCsv } from "../src/archive/archived-event";
import type { SimulatedSite } from "../support/simulated-site";

/** The events in the archive of a site. */
export class Archived {
  readonly #file: string;

  constructor(site: SimulatedSite) {
    this.#file = path.join(site.folder, "archive", "events.csv");
  }

  /** Returns how often each numbered event is in the archive: by its plate, or its id. */
  async counts(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const { plate, id } of await this.#rows()) {
      const number = plate === undefined || plate === "" ? (id ?? "") : plate;
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    return counts;
  }

  /** Returns the number of detections with this type of event. */
  async detections(eventType: string): Promise<number> {
    return (await this.#rows()).filter(({ source, type }) => source === "detection" && type === eventType)
      .length;
  }

  /** Waits until these events are in the archive. @returns those that are not, after the time */
  async missing(numbers: readonly string[], milliseconds: number): Promise<string[]> {
    const end = Date.now() + milliseconds;
    for (;;) {
      const counts = await this.counts();
      const missing = numbers.filter((number) => !counts.has(number));
      if (missing.length === 0 || Date.now() > end) return missing;
      await setTimeout(200);
    }
  }

  async #rows(): Promise<Partial<Record<string, string>>[]> {
    try {
      const text = await readFile(this.#file, "utf8");
      return parseCsv(text.slice(0, text.lastIndexOf("\r\n") + 2));
    } catch {
      // Nothing was archived yet.
      return [];
    }
  }
}
