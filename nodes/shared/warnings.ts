import type { Node } from "node-red";
import { systemClock, type Clock } from "../../src/clock";

const QUIET_MS = 60_000;
const MAX_TEXTS = 100;

/** Warns in the log, but of the same thing at most once a minute: a device may repeat its faults with every message. */
export function throttledWarning(node: Node, clock: Clock = systemClock): (text: string) => void {
  const last = new Map<string, number>();
  return (text) => {
    const now = clock.now();
    if (now - (last.get(text) ?? -Infinity) < QUIET_MS) return;
    if (last.size >= MAX_TEXTS) last.clear();
    last.set(text, now);
    node.warn(text);
  };
}
