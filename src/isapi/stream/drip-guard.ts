import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { PROGRESS_BYTES } from "../connection/progress-guard";

export interface DripGuardOptions {
  clock: Clock;
  /** Milliseconds in which a part, or each `PROGRESS_BYTES` of it, must come once its bytes come one after the other. */
  timeout: number;
  /** The stream, as messages name it. */
  where: string;
}

/**
 * Tells a stream that drips from one that is quiet: between parts there may be any time, but a part that has begun must
 * come along.
 */
export class DripGuard {
  readonly #options: DripGuardOptions;
  /** Of what has come since the last part. */
  #begun: { at: number; last: number; bytes: number } | undefined;
  #partCame = false;

  constructor(options: DripGuardOptions) {
    this.#options = options;
  }

  /** A part is complete. */
  part(): void {
    this.#begun = undefined;
    this.#partCame = true;
  }

  /**
   * To be called with what came, after the parts in it.
   * @throws {SurveillanceError} TIMEOUT
   */
  check(chunk: Buffer): void {
    const { clock, timeout, where } = this.#options;
    const length = chunk.toString("latin1").trim().length;
    const partCame = this.#partCame;
    this.#partCame = false;
    // Devices send blank lines to be heard, and what came with a part may be all of it.
    if (length === 0 || partCame) return;
    const now = clock.now();
    const begun = this.#begun;
    // What comes after a pause is not a drip: devices send a boundary early.
    const isNew = begun === undefined || now - begun.last >= timeout / 2;
    const bytes = (isNew ? 0 : begun.bytes) + length;
    if (isNew || bytes >= PROGRESS_BYTES) {
      this.#begun = { at: now, last: now, bytes: isNew ? bytes : 0 };
      return;
    }
    this.#begun = { at: begun.at, last: now, bytes };
    if (now - begun.at >= timeout) {
      throw new SurveillanceError("TIMEOUT", `${where} sends too little at a time to be read.`, {
        advice: "It is opened anew.",
      });
    }
  }
}
