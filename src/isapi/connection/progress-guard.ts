import { Transform, type TransformCallback } from "node:stream";

/** The fewest bytes that must arrive within the timeout, unless the response ends. A slower response drips. */
export const PROGRESS_BYTES = 64 * 1024;
/** The same for a download: a recorder may be far away and busy. */
export const DOWNLOAD_PROGRESS_BYTES = 4 * 1024;

/**
 * Passes a response to its reader and fails if it drips. Each `progress` bytes, and the rest, must arrive within the
 * timeout. Otherwise a device could keep a request open with a byte now and then. Time that the reader needs does not
 * count.
 */
export class ProgressGuard extends Transform {
  readonly #timeout: number;
  readonly #progress: number;
  #received = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param timeout milliseconds; the stream fails with the code ETIMEDOUT
   * @param progress bytes that must arrive within the timeout
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

  /** Whether the reader is busy. */
  get #isHeld(): boolean {
    return this.writableLength > 0;
  }

  #arm(): void {
    this.#received = 0;
    this.#disarm();
    const timer = setTimeout(() => {
      // Handles data that has already arrived first: a busy process does not mean that the device is slow.
      setImmediate(() => {
        if (this.#timer === timer) this.#expire();
      });
    }, this.#timeout);
    this.#timer = timer;
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #expire(): void {
    if (this.#isHeld) this.#arm();
    else this.destroy(Object.assign(new Error("the response is too slow"), { code: "ETIMEDOUT" }));
  }
}
