import type { Node } from "node-red";
import { systemClock, type Clock } from "../../src/core/clock";

const QUIET_MS = 60_000;
const MAX_TEXTS = 100;
/** What differs from one fault to the next of the same kind: a size, a number. */
const NUMBERS = /\d+/g;

/**
 * Warns in the log, but of the same thing at most once a minute, and of so many things: a device may repeat its faults
 * with every message, each in words of its own.
 */
export function throttledWarning(node: Node, clock: Clock = systemClock): (text: string) => void {
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
