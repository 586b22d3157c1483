import type { Clock } from "../../src/core/clock";

/** A clock that only a test moves. */
export class ManualClock implements Clock {
  #now: number;
  readonly #pending = new Set<{ at: number; run: () => void }>();

  constructor(start = "2026-03-02T08:00:00.000Z") {
    this.#now = Date.parse(start);
  }

  /** The number of scheduled runs. */
  get pending(): number {
    return this.#pending.size;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const entry = { at: this.#now + milliseconds, run };
    this.#pending.add(entry);
    return () => {
      this.#pending.delete(entry);
    };
  }

  /** Moves the clock, and runs what is due, in order. */
  advance(seconds: number): void {
    const end = this.#now + seconds * 1000;
    for (;;) {
      const due = [...this.#pending].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#pending.delete(due);
      this.#now = due.at;
      due.run();
    }
    this.#now = end;
  }
}
