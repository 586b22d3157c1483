const INITIAL_BYTES = 4096;
/** A larger buffer, which held a large image, is released when it is empty. */
const KEEP_BYTES = 64 * 1024;

/** Bytes that came in and are not yet read, in one piece. Appending costs one copy, however small the chunks. */
export class ByteQueue {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** What is queued. Valid until the next `append`: copy what is to be kept. */
  view(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  append(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /** Drops the first `count` bytes. */
  consume(count: number): void {
    this.#start += Math.min(count, this.length);
    if (this.#start < this.#end) return;
    this.#start = this.#end = 0;
    if (this.#buffer.length > KEEP_BYTES) this.#buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  }

  #makeRoom(extra: number): void {
    const needed = this.length + extra;
    // Twice what is needed, so that moving costs at most as much as appending did.
    const target = needed * 2 > this.#buffer.length ? Buffer.allocUnsafe(needed * 2) : this.#buffer;
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#end = this.length;
    this.#start = 0;
    this.#buffer = target;
  }
}
