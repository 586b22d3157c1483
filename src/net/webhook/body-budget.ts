/** A body that is being received. */
export interface HeldBody {
  sender: string;
  /** Bytes received so far */
  size: number;
  /** Called when the body must be refused, with the reason. */
  abort: (reason: string) => void;
}

export interface BodyLimitsForAll {
  /** Maximum bytes of all incomplete bodies of the process. */
  bytes: number;
  /** Maximum number of incomplete bodies of one sender. */
  perSender: number;
}

interface Share {
  bytes: number;
  bodies: Set<HeldBody>;
}

/**
 * Shares the memory for incomplete bodies among their senders. When it is used up, the largest body of the sender with
 * the most memory is aborted. So endless large bodies of one sender do not block other senders.
 */
export class BodyBudget {
  readonly #limits: BodyLimitsForAll;
  readonly #shares = new Map<string, Share>();
  #bytes = 0;

  constructor(limits: BodyLimitsForAll) {
    this.#limits = limits;
  }

  /** Bytes of all incomplete bodies. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Registers a body. Returns false if the sender has too many incomplete bodies. */
  begin(body: HeldBody): boolean {
    const share = this.#shares.get(body.sender) ?? { bytes: 0, bodies: new Set() };
    if (share.bodies.size >= this.#limits.perSender) return false;
    share.bodies.add(body);
    this.#shares.set(body.sender, share);
    return true;
  }

  /** Counts further bytes of a body. The largest body, possibly this one, may be aborted. */
  grow(body: HeldBody, bytes: number): void {
    const share = this.#shares.get(body.sender);
    if (share === undefined) return;
    body.size += bytes;
    share.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.#limits.bytes)
      this.#largest().abort("too many bodies are being received at once");
  }

  /** Releases the memory of a body that is complete or aborted. */
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
