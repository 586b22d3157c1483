import { Transform, type TransformCallback } from "node:stream";

/** What must have come within the time-out, unless the whole answer has: below it, an answer drips. */
export const PROGRESS_BYTES = 64 * 1024;
/** The same of a file: a recorder may be far away, and busy. */
export const BULK_PROGRESS_BYTES = 4 * 1024;

/**
 * An answer on its way to its reader, given up where it drips: each so many bytes of it, and the rest, must come
 * within the time-out, so a device cannot hold a request for ever with a byte now and then. The time that the reader
 * takes does not count.
 */
export class Paced extends Transform {
  readonly #timeout: number;
  readonly #progress: number;
  #received = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param timeout milliseconds; it fails with the code ETIMEDOUT
   * @param progress bytes that must come in it
   */
  constructor(timeout: number, progress: number) {
    super();
    this.#timeout = timeout;
    this.#progress = progress;
    this.#arm();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#received += chunk.length;
    if (this.#received >= this.#progress) this.#arm();
    done(null, chunk);
  }

  override _read(size: number): void {
    if (this.#isHeld) this.#arm();
    super._read(size);
  }

  override _flush(done: TransformCallback): void {
    this.#disarm();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#disarm();
    done(error);
  }

  /** The reader takes nothing at the moment. */
  get #isHeld(): boolean {
    return this.writableLength > 0;
  }

  #arm(): void {
    this.#received = 0;
    this.#disarm();
    const timer = setTimeout(() => {
      // After what has already arrived: a busy process is not a slow device.
      setImmediate(() => {
        if (this.#timer === timer) this.#late();
      });
    }, this.#timeout);
    this.#timer = timer;
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #late(): void {
    if (this.#isHeld) this.#arm();
    else this.destroy(Object.assign(new Error("the answer drips"), { code: "ETIMEDOUT" }));
  }
}
