import { randomUUID } from "node:crypto";
import { steady, systemClock, type Clock } from "../core/clock";

export interface OccurrenceOptions<Value> {
  /** Milliseconds without a report after which an occurrence ends. Default 0: only `end` ends it. */
  endAfterMs?: number;
  clock?: Clock;
  /** Maximum number of open occurrences. Default 1000. */
  maxOpen?: number;
  /** The occurrence that ends when there are more: the first to start (default), or the least recently reported. */
  drops?: "first" | "least recent";
  /** Called when silence or `maxOpen` ends an occurrence. */
  onEnd?: (id: string, last: Value) => void;
}

/** An occurrence that has started and not ended. */
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
 * Groups reports into occurrences. Devices report an alarm every second while it lasts, and many never report its end.
 * The first report starts an occurrence, further ones update it, and `end` or silence ends it.
 */
export class OccurrenceTracker<Value> {
  readonly #options: Required<Omit<OccurrenceOptions<Value>, "onEnd">>;
  readonly #onEnd: OccurrenceOptions<Value>["onEnd"];
  readonly #open = new Map<string, Open<Value>>();

  constructor({ onEnd, ...options }: OccurrenceOptions<Value> = {}) {
    this.#options = {
      ...{ endAfterMs: 0, maxOpen: 1000, drops: "first", ...options },
      clock: steady(options.clock ?? systemClock),
    };
    this.#onEnd = onEnd;
  }

  /**
   * @param key identical for all reports of one occurrence, for example type and channel
   * @param id of a new occurrence, if the device names it. Default: a random id
   */
  report(key: string, value: Value, id?: string): { id: string; state: "start" | "update" } {
    const { endAfterMs, clock, drops } = this.#options;
    const deadline = clock.now() + endAfterMs;
    const open = this.#open.get(key);
    if (open === undefined) {
      this.#makeRoom();
      const started = { id: id ?? randomUUID(), last: value, deadline, cancel: this.#wait(key, endAfterMs) };
      this.#open.set(key, started);
      return { id: started.id, state: "start" };
    }
    open.last = value;
    open.deadline = deadline;
    if (drops === "least recent") {
      this.#open.delete(key);
      this.#open.set(key, open);
    }
    return { id: open.id, state: "update" };
  }

  /** Returns the open occurrence with a key. */
  get(key: string): OpenOccurrence<Value> | undefined {
    const open = this.#open.get(key);
    return open && { id: open.id, last: open.last };
  }

  /** Ends an occurrence without `onEnd`. Returns it; undefined if none was open. */
  end(key: string): OpenOccurrence<Value> | undefined {
    const open = this.#open.get(key);
    open?.cancel();
    this.#open.delete(key);
    return open && { id: open.id, last: open.last };
  }

  /** Returns the keys of open occurrences that start with a prefix, in the order in which they are dropped. */
  open(prefix = ""): string[] {
    return [...this.#open.keys()].filter((key) => key.startsWith(prefix));
  }

  /** Forgets all occurrences, without `onEnd`. */
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
      // Reports only move the deadline, so that each occurrence needs one timer.
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
