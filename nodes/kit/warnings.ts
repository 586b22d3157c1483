import type { Node } from "node-red";
import { steadyClock, type Clock } from "../../src/core/clock";

const QUIET_MS = 60_000;
const MAX_TEXTS = 100;
/** Matches the numbers in which warnings of the same kind differ. */
const NUMBERS = /\d+/g;

/**
 * Returns a function that logs warnings, each kind at most once a minute, and a limited number of kinds: a device may
 * cause a warning with every message, each with another text.
 */
export function throttledWarning(node: Node, clock: Clock = steadyClock): (text: string) => void {
  const last = new Map<string, number>();
  return (text) => {
    const now = clock.now();
    const kind = text.replace(NUMBERS, "0");
    if (now - (last.get(kind) ?? -Infinity) < QUIET_MS) return;
    for (const [old, at] of last) if (now - at >= QUIET_MS) last.delete(old);
    if (last.size >= MAX_TEXTS) return;
    last.set(kind, now);
    node.warn(text);
  };
}
