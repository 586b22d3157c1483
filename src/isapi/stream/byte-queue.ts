const INITIAL_BYTES = 4096;
/** A larger buffer is released when it is empty. It held a large image. */
const KEEP_BYTES = 64 * 1024;

/** Received bytes that are not yet read, in one contiguous buffer. Appending costs one copy, for chunks of any size. */
export class ByteQueue {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Returns the queued bytes without a copy. They are valid until the next `append`. */
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
    // Twice the needed size, so that moving costs at most as much as appending.
    const target = needed * 2 > this.#buffer.length ? Buffer.allocUnsafe(needed * 2) : this.#buffer;
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#end = this.length;
    this.#start = 0;
    this.#buffer = target;
  }
}
