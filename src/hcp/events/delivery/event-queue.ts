/**
 * A turn of the event loop that takes longer has computed too much: the platform sends over few connections, and each of them
 * gets one answer in a turn.
 */
const LONG_TURN_MS = 5;
const MAX_BATCH = 64;
/** A full queue is handed on within so many turns, however long they are. */
const MAX_TURNS = 100;

/**
 * Hands events on in order, some in each turn of the event loop: more and more as long as the turns are short, half as many
 * after a long one. So a burst leaves room for the posts behind it, and a flow that computes long is waited for instead of being
 * buried.
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
   * @param emit must not throw or reject; what it returns is waited for
   * @param now milliseconds, from anywhere
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

  /** What a closed queue was dealing with did not get out. */
  #settle(): void {
    if (!this.#closed) this.#current = undefined;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
