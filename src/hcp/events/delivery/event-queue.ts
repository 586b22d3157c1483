/**
 * A longer turn of the event loop delays the platform: it uses few connections, and each connection receives one
 * response per turn.
 */
const LONG_TURN_MS = 5;
const MAX_BATCH = 64;
/** A full queue is delivered within this many turns, however long they are. */
const MAX_TURNS = 100;

/**
 * Delivers events in order, in batches per turn of the event loop. The batch grows while turns are short and is halved
 * after a long turn. So a burst leaves time to receive further posts, and a slow flow is not flooded.
 */
export class EventQueue<Item> {
  readonly #emit: (item: Item) => Promise<void> | undefined;
  readonly #max: number;
  readonly #now: () => number;
  #batch = 1;
  #turnBegan = 0;
  #items: Item[] = [];
  #head = 0;
  #running = false;
  #closed = false;
  #current: Item | undefined;
  #waiting: (() => void)[] = [];

  /**
   * @param emit must not throw or reject; the queue waits for its promise
   * @param now milliseconds, from any origin
   */
  constructor(
    max: number,
    emit: (item: Item) => Promise<void> | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#max = max;
    this.#now = now;
    this.#emit = emit;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** Returns the waiting items in order, starting with the item that is being delivered. */
  pending(): Item[] {
    return [...(this.#current === undefined ? [] : [this.#current]), ...this.#items.slice(this.#head)];
  }

  hasRoomFor(count: number): boolean {
    return !this.#closed && this.length + count <= this.#max;
  }

  /** Adds items. Ignores them if there is no room. */
  push(items: readonly Item[]): void {
    if (!this.hasRoomFor(items.length)) return;
    this.#items.push(...items);
    this.#start();
  }

  /** Resolves when the queue is at most half full, or closed. */
  async roomy(): Promise<void> {
    if (this.length * 2 <= this.#max || this.#closed) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Stops the delivery. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#turnBegan = this.#now();
    this.#continue();
  }

  #continue(): void {
    setImmediate(() => {
      this.#turn();
    });
  }

  #turn(): void {
    const began = this.#now();
    const wasLong = began - this.#turnBegan > LONG_TURN_MS;
    this.#turnBegan = began;
    this.#batch = wasLong ? Math.max(1, this.#batch / 2) : Math.min(MAX_BATCH, this.#batch * 2);
    const count = Math.max(Math.floor(this.#batch), Math.ceil(this.length / MAX_TURNS));
    for (let handed = 0; handed < count; handed += 1) {
      if (this.length === 0 || this.#closed) {
        this.#running = false;
        return;
      }
      const pending = this.#handOn();
      if (pending !== undefined) {
        void pending.finally(() => {
          this.#settle();
          this.#turnBegan = this.#now();
          this.#continue();
        });
        return;
      }
      this.#settle();
    }
    this.#continue();
  }

  #handOn(): Promise<void> | undefined {
    const item = this.#items[this.#head] as Item;
    this.#current = item;
    this.#head += 1;
    if (this.#head === this.#items.length || this.#head > this.#max) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    if (this.length * 2 <= this.#max) this.#wake();
    return this.#emit(item);
  }

  /** Marks the current item as delivered. In a closed queue it stays pending, because it did not get out. */
  #settle(): void {
    if (!this.#closed) this.#current = undefined;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
