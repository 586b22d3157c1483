import { randomUUID } from "node:crypto";
import type { Clock } from "../core/clock";

export interface OccurrenceOptions<Value> {
  /** Milliseconds without a report after which an occurrence is over; 0: only the device ends it. */
  endAfterMs: number;
  clock: Clock;
  /** An occurrence is over because its device fell silent about it. */
  onEnd: (id: string, last: Value) => void;
  /** Default 1000; the oldest occurrence is ended when there are more. */
  maxOpen?: number;
}

interface Open<Value> {
  id: string;
  last: Value;
  deadline: number;
  cancel: () => void;
}

/**
 * Makes occurrences out of reports. Devices report an alarm every second as long as it lasts, and many never say that
 * it is over: the first report starts an occurrence, further ones update it, and silence ends it.
 */
export class OccurrenceTracker<Value> {
  readonly #options: OccurrenceOptions<Value>;
  readonly #open = new Map<string, Open<Value>>();

  constructor(options: OccurrenceOptions<Value>) {
    this.#options = options;
  }

  /** @param key what makes two reports one occurrence: type, channel and the like */
  report(key: string, value: Value): { id: string; state: "start" | "update" } {
    const { endAfterMs, clock, maxOpen = 1000 } = this.#options;
    const deadline = clock.now() + endAfterMs;
    const open = this.#open.get(key);
    if (open !== undefined) {
      open.last = value;
      open.deadline = deadline;
      return { id: open.id, state: "update" };
    }
    const oldest = this.#open.keys().next();
    if (this.#open.size >= maxOpen && oldest.done !== true) this.#expire(oldest.value);
    const id = randomUUID();
    this.#open.set(key, { id, last: value, deadline, cancel: this.#wait(key, endAfterMs) });
    return { id, state: "start" };
  }

  /** The device says that it is over. @returns its id and its last report; undefined where none had begun */
  end(key: string): { id: string; last: Value } | undefined {
    const open = this.#open.get(key);
    open?.cancel();
    this.#open.delete(key);
    return open && { id: open.id, last: open.last };
  }

  /** The keys of what goes on and begins with a text. */
  open(beginning: string): string[] {
    return [...this.#open.keys()].filter((key) => key.startsWith(beginning));
  }

  /** Forgets everything without a word. */
  close(): void {
    for (const { cancel } of this.#open.values()) cancel();
    this.#open.clear();
  }

  #wait(key: string, milliseconds: number): () => void {
    if (this.#options.endAfterMs <= 0) return () => undefined;
    return this.#options.clock.after(milliseconds, () => {
      const open = this.#open.get(key);
      if (open === undefined) return;
      // Reports only move the deadline: one timer an occurrence, however often it is reported.
      const left = open.deadline - this.#options.clock.now();
      if (left > 0) open.cancel = this.#wait(key, left);
      else this.#expire(key);
    });
  }

  #expire(key: string): void {
    const open = this.#open.get(key);
    if (open === undefined) return;
    this.end(key);
    this.#options.onEnd(open.id, open.last);
  }
}
