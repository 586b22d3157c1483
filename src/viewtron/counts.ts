import type { XmlElement } from "./element";

/** Who went which way, and how many are inside; the numbers run on since the camera last reset them. */
export type Counts = Partial<Record<"enter" | "leave" | "exist", Record<string, number>>>;

/** `enterPersonCount`, `leaveCarCount`, `existBikeCount` */
const COUNTER = /^(enter|leave|exist)(person|car|bike)count$/i;
const labels: Record<string, string> = { person: "person", car: "car", bike: "motor" };

/**
 * The counters of a line (`passLineCount`) or an area, as numbers by direction and label.
 *
 * @returns undefined where the post has none: recorders report each crossing without a total
 */
export function countsOf(config: XmlElement): Counts | undefined {
  const counts: Counts = {};
  for (const { name, text } of config.descendants()) {
    const [, way, what] = COUNTER.exec(name) ?? [];
    if (way === undefined || what === undefined || !/^\d+$/.test(text)) continue;
    const direction = way.toLowerCase() as keyof Counts;
    const label = labels[what.toLowerCase()] ?? what;
    counts[direction] = { ...counts[direction], [label]: Number(text) };
  }
  return Object.keys(counts).length > 0 ? counts : undefined;
}
