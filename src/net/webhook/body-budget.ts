/** A body that is being received. */
export interface HeldBody {
  sender: string;
  /** Bytes received so far */
  size: number;
  /** Called when it must be refused, for the reason given. */
  abort: (reason: string) => void;
}

export interface BodyLimitsForAll {
  /** All unfinished bodies of the process together. */
  bytes: number;
  /** Unfinished bodies of one sender. */
  perSender: number;
}

interface Share {
  bytes: number;
  bodies: Set<HeldBody>;
}

/**
 * Shares the memory for unfinished bodies among their senders. When it is used up, the sender that holds the most loses
 * its largest body. So a sender of large bodies that never end does not keep others out.
 */
export class BodyBudget {
  readonly #limits: BodyLimitsForAll;
  readonly #shares = new Map<string, Share>();
  #bytes = 0;

  constructor(limits: BodyLimitsForAll) {
    this.#limits = limits;
  }

  /** Bytes of all unfinished bodies. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @returns false when the sender has too many unfinished bodies already */
  begin(body: HeldBody): boolean {
    const share = this.#shares.get(body.sender) ?? { bytes: 0, bodies: new Set() };
    if (share.bodies.size >= this.#limits.perSender) return false;
    share.bodies.add(body);
    this.#shares.set(body.sender, share);
    return true;
  }

  /** Counts further bytes of a body. The largest body, perhaps this one, may be aborted. */
  grow(body: HeldBody, bytes: number): void {
    const share = this.#shares.get(body.sender);
    if (share === undefined) return;
    body.size += bytes;
    share.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.#limits.bytes)
      this.#largest().abort("too many bodies are being received at once");
  }

  /** The body is complete, or aborted. */
  end(body: HeldBody): void {
    const share = this.#shares.get(body.sender);
    if (share?.bodies.delete(body) !== true) return;
    share.bytes -= body.size;
    this.#bytes -= body.size;
    if (share.bodies.size === 0) this.#shares.delete(body.sender);
  }

  #largest(): HeldBody {
    const share = [...this.#shares.values()].reduce((most, next) => (next.bytes > most.bytes ? next : most));
    return [...share.bodies].reduce((most, next) => (next.size > most.size ? next : most));
  }
}
