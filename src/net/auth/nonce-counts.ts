/** Maximum number of requests that may overtake each other on parallel connections. */
const WINDOW = 128;

interface Uses {
  issuedAt: number;
  highest: number;
  /** The received counts among the last `WINDOW` below the highest. */
  seen: Set<number>;
}

/**
 * Remembers the counts that each nonce was used with (RFC 7616, 3.4: `nc`), so that an intercepted request cannot be
 * sent again. The memory is limited: when too many nonces are in use, those issued first become invalid.
 */
export class NonceCounts {
  readonly #uses = new Map<string, Uses>();
  readonly #max: number;
  /** Nonces issued up to this time are not remembered any more. */
  #forgottenUntil = -Infinity;

  constructor(max = 10_000) {
    this.#max = max;
  }

  /** Number of remembered nonces. */
  get size(): number {
    return this.#uses.size;
  }

  /**
   * Registers a use of a nonce. Call it only for a request with the correct password: no other sender may use memory.
   *
   * @param count `nc` of the request; 0 if it has none, and the nonce is then valid for one request
   * @returns whether the count is new for this nonce
   */
  use(nonce: string, issuedAt: number, count: number): boolean {
    const known = this.#uses.get(nonce);
    if (known === undefined) {
      if (issuedAt <= this.#forgottenUntil) return false;
      this.#uses.set(nonce, { issuedAt, highest: count, seen: new Set([count]) });
      if (this.#uses.size > this.#max) this.#forgetOldest();
      return true;
    }
    if (count <= known.highest - WINDOW || known.seen.has(count)) return false;
    known.seen.add(count);
    if (count > known.highest) {
      known.highest = count;
      if (known.seen.size > 2 * WINDOW)
        known.seen = new Set([...known.seen].filter((seen) => seen > count - WINDOW));
    }
    return true;
  }

  /** Forgets the oldest tenth at once, so that not every request has to search for the oldest. */
  #forgetOldest(): void {
    const times = [...this.#uses.values()].map(({ issuedAt }) => issuedAt).sort((a, b) => a - b);
    const until = times[Math.trunc(this.#max / 10)] ?? this.#forgottenUntil;
    this.#forgottenUntil = until;
    for (const [nonce, { issuedAt }] of this.#uses) if (issuedAt <= until) this.#uses.delete(nonce);
  }
}
