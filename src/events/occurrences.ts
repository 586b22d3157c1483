import { randomUUID } from "node:crypto";
import { systemClock, type Clock } from "../core/clock";

export interface OccurrenceOptions<Value> {
  /** Milliseconds without a report after which an occurrence is over; 0, the default: only `end` ends it. */
  endAfterMs?: number;
  clock?: Clock;
  /** At most this many occurrences are open; default 1000. */
  maxOpen?: number;
  /** Which occurrence goes when there are more: the one that began first (default), or the one reported least recently. */
  drops?: "first" | "least recent";
  /** Silence or `maxOpen` ended an occurrence. Without it, they end without a word. */
  onEnd?: (id: string, last: Value) => void;
}

/** An occurrence that has begun and not ended. */
export interface OpenOccurrence<Value> {
  /** The same from start to end. */
  readonly id: string;
  readonly last: Value;
}

interface Open<Value> {
  id: string;
  last: Value;
  deadline: number;
  cancel: () => void;
}

/**
 * Makes occurrences out of reports. Devices report an alarm every second as long as it lasts, and many never report its
 * end: the first report starts an occurrence, further ones update it, `end` or silence ends it.
 */
export class OccurrenceTracker<Value> {
  readonly #options: Required<Omit<OccurrenceOptions<Value>, "onEnd">>;
  readonly #onEnd: OccurrenceOptions<Value>["onEnd"];
  readonly #open = new Map<string, Open<Value>>();

  constructor({ onEnd, ...options }: OccurrenceOptions<Value> = {}) {
    this.#options = { endAfterMs: 0, clock: systemClock, maxOpen: 1000, drops: "first", ...options };
    this.#onEnd = onEnd;
  }

  /**
   * @param key what makes two reports one occurrence: type, channel and the like
   * @param id of a new occurrence, where the device names it; by default a random one
   */
  report(key: string, value: Value, id?: string): { id: string; state: "start" | "update" } {
    const { endAfterMs, clock, drops } = this.#options;
    const deadline = clock.now() + endAfterMs;
    const open = this.#open.get(key);
    if (open === undefined) {
      this.#makeRoom();
      const begun = { id: id ?? randomUUID(), last: value, deadline, cancel: this.#wait(key, endAfterMs) };
      this.#open.set(key, begun);
      return { id: begun.id, state: "start" };
    }
    open.last = value;
    open.deadline = deadline;
    if (drops === "least recent") {
      this.#open.delete(key);
      this.#open.set(key, open);
    }
    return { id: open.id, state: "update" };
  }

  /** What is open under a key. */
  get(key: string): OpenOccurrence<Value> | undefined {
    const open = this.#open.get(key);
    return open && { id: open.id, last: open.last };
  }

  /** Ends an occurrence without `onEnd`. @returns its id and its last report; undefined where none was open */
  end(key: string): OpenOccurrence<Value> | undefined {
    const open = this.#open.get(key);
    open?.cancel();
    this.#open.delete(key);
    return open && { id: open.id, last: open.last };
  }

  /** The keys of what is open and begins with a text, the one that is dropped first coming first. */
  open(beginning = ""): string[] {
    return [...this.#open.keys()].filter((key) => key.startsWith(beginning));
  }

  /** Forgets everything, without `onEnd`. */
  close(): void {
    for (const { cancel } of this.#open.values()) cancel();
    this.#open.clear();
  }

  #makeRoom(): void {
    if (this.#open.size < this.#options.maxOpen) return;
    const oldest = this.#open.keys().next();
    if (oldest.done !== true) this.#expire(oldest.value);
  }

  #wait(key: string, milliseconds: number): () => void {
    const { endAfterMs, clock } = this.#options;
    if (endAfterMs <= 0) return () => undefined;
    return clock.after(milliseconds, () => {
      const open = this.#open.get(key);
      if (open === undefined) return;
      // Reports only move the deadline: one timer per occurrence, however often it is reported.
      const left = open.deadline - clock.now();
      if (left > 0) open.cancel = this.#wait(key, left);
      else this.#expire(key);
    });
  }

  #expire(key: string): void {
    const ended = this.end(key);
    if (ended !== undefined) this.#onEnd?.(ended.id, ended.last);
  }
}
