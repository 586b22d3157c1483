import { SurveillanceError } from "../core/errors";

export interface BacklogLimits {
  messages: number;
  bytes: number;
}

interface Share {
  messages: number;
  bytes: number;
}

/** Enough for ten seconds of a site, or for its pictures. */
const LIMITS: BacklogLimits = { messages: 10_000, bytes: 256 * 2 ** 20 };

/**
 * Limits the messages that wait until a store has them. A lane (a camera) may only have as many as still fit, so that
 * one busy camera leaves room for the others.
 */
export class Backlog {
  readonly #limits: BacklogLimits;
  readonly #lanes = new Map<string, Share>();
  readonly #all: Share = { messages: 0, bytes: 0 };

  constructor(limits: BacklogLimits = LIMITS) {
    this.#limits = limits;
  }

  get messages(): number {
    return this.#all.messages;
  }

  /**
   * Runs the work for a message, unless too many messages wait.
   *
   * @throws {SurveillanceError} QUEUE_FULL; the errors of the work
   */
  async run<Result>(lane: string, bytes: number, work: () => Promise<Result>): Promise<Result> {
    const own = this.#lanes.get(lane) ?? { messages: 0, bytes: 0 };
    const isFull =
      own.messages >= this.#limits.messages - this.#all.messages ||
      own.bytes + bytes > this.#limits.bytes - this.#all.bytes;
    // One message alone always fits: a store may accept larger ones than this limit.
    if (isFull && this.#all.messages > 0) throw this.#full(lane);
    this.#lanes.set(lane, own);
    this.#add(own, 1, bytes);
    try {
      return await work();
    } finally {
      this.#add(own, -1, -bytes);
      if (own.messages === 0) this.#lanes.delete(lane);
    }
  }

  #add(own: Share, messages: number, bytes: number): void {
    for (const share of [own, this.#all]) {
      share.messages += messages;
      share.bytes += bytes;
    }
  }

  #full(lane: string): SurveillanceError {
    const { messages, bytes } = this.#all;
    const size = Math.round(bytes / 2 ** 20);
    return new SurveillanceError(
      "QUEUE_FULL",
      `The event store is too slow: ${messages} messages (${size} MB) wait, too many of them from ${lane}.`,
      { advice: "Look at the status of the store, or store fewer messages." },
    );
  }
}
