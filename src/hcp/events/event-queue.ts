/**
 * Hands events on one by one, in order, one in each turn of the event loop: a burst leaves room for the posts behind it and for
 * the flow in front of it, and a flow that computes long is waited for instead of being buried.
 */
export class EventQueue<Item> {
  readonly #emit: (item: Item) => Promise<void> | void;
  readonly #max: number;
  #items: Item[] = [];
  #head = 0;
  #running = false;
  #closed = false;
  #current: Item | undefined;
  #waiting: (() => void)[] = [];

  /** @param emit must not throw or reject */
  constructor(max: number, emit: (item: Item) => Promise<void> | void) {
    this.#max = max;
    this.#emit = emit;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** What waits, the next one first; with the one that is being handed on. */
  pending(): Item[] {
    return [...(this.#current === undefined ? [] : [this.#current]), ...this.#items.slice(this.#head)];
  }

  hasRoomFor(count: number): boolean {
    return !this.#closed && this.length + count <= this.#max;
  }

  /** Takes items, for which there has to be room. */
  push(items: readonly Item[]): void {
    if (!this.hasRoomFor(items.length)) return;
    this.#items.push(...items);
    this.#start();
  }

  /** Resolves when at most half of the places are taken, or the queue is closed. */
  async roomy(): Promise<void> {
    if (this.length * 2 <= this.#max || this.#closed) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands nothing on any more. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    setImmediate(() => {
      this.#next();
    });
  }

  #next(): void {
    const item = this.#items[this.#head];
    this.#current = item;
    if (item === undefined || this.#closed) {
      this.#running = false;
      return;
    }
    this.#head += 1;
    if (this.#head === this.#items.length || this.#head > this.#max) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    if (this.length * 2 <= this.#max) this.#wake();
    const continued = (): void => {
      // What a closed queue was dealing with did not get out.
      if (!this.#closed) this.#current = undefined;
      setImmediate(() => {
        this.#next();
      });
    };
    const pending = this.#emit(item);
    if (pending === undefined) continued();
    else void pending.finally(continued);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
