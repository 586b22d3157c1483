import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { PROGRESS_BYTES } from "../connection/progress-guard";

export interface DripGuardOptions {
  clock: Clock;
  /** The longest time for a part, or for each `PROGRESS_BYTES` of it, in milliseconds. Pauses restart it. */
  timeout: number;
  /** The stream's name in messages. */
  where: string;
}

/**
 * Detects a stream that drips. The time between parts is not limited, but a part that has started must arrive within
 * the timeout.
 */
export class DripGuard {
  readonly #options: DripGuardOptions;
  /** The bytes since the last part, or since the last pause or progress. */
  #started: { at: number; last: number; bytes: number } | undefined;
  #partCame = false;

  constructor(options: DripGuardOptions) {
    this.#options = options;
  }

  /** Must be called for each complete part. */
  part(): void {
    this.#started = undefined;
    this.#partCame = true;
  }

  /**
   * Must be called for each chunk, after {@link part} for the parts that it completes.
   *
   * @throws {SurveillanceError} TIMEOUT if the stream drips
   */
  check(chunk: Buffer): void {
    const { clock, timeout, where } = this.#options;
    const length = chunk.toString("latin1").trim().length;
    const partCame = this.#partCame;
    this.#partCame = false;
    // Devices send blank lines as a sign of life, and a chunk with a part may contain nothing else.
    if (length === 0 || partCame) return;
    const now = clock.now();
    const started = this.#started;
    // Bytes after a pause are not a drip: devices send a boundary early.
    const isNew = started === undefined || now - started.last >= timeout / 2;
    const bytes = (isNew ? 0 : started.bytes) + length;
    if (isNew || bytes >= PROGRESS_BYTES) {
      this.#started = { at: now, last: now, bytes: isNew ? bytes : 0 };
      return;
    }
    this.#started = { at: started.at, last: now, bytes };
    if (now - started.at >= timeout) {
      throw new SurveillanceError("TIMEOUT", `${where} is too slow.`, {
        advice: "The node reconnects.",
      });
    }
  }
}
