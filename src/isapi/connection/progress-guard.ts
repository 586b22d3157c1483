import { Transform, type TransformCallback } from "node:stream";

/** Bytes that must come within the timeout, unless the response ends. A slower response drips. */
export const PROGRESS_BYTES = 64 * 1024;
/** The same for a file: a recorder may be far away and busy. */
export const DOWNLOAD_PROGRESS_BYTES = 4 * 1024;

/**
 * Passes a response on to its reader and fails where it drips. Each `progress` bytes, and the rest, must come within the
 * timeout, so that a device cannot hold a request forever with a byte now and then. The reader's own time does not count.
 */
export class ProgressGuard extends Transform {
  readonly #timeout: number;
  readonly #progress: number;
  #received = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param timeout milliseconds; the stream fails with the code ETIMEDOUT
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
      // Data that has already arrived goes first: a busy process does not make the device slow.
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
    else this.destroy(Object.assign(new Error("the response drips"), { code: "ETIMEDOUT" }));
  }
}
