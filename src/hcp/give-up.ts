/**
 * What ends the work on a request before its answer: for thousands of requests a second, where an AbortController for
 * each costs as much as the signature.
 */
export class GiveUp {
  /** Whether the request has been written to a connection, so that it may take effect. */
  sent = false;
  #reason: Error | undefined;
  readonly #listeners = new Set<(reason: Error) => void>();

  /** Why; undefined as long as the work goes on. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Only the first reason counts. */
  now(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason);
  }

  /** Calls back when the work is given up, at once where it has been. @returns stops listening */
  listen(listener: (reason: Error) => void): () => void {
    if (this.#reason !== undefined) listener(this.#reason);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Rejects with the reason when the work is given up before the time is over. */
  async pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let stop: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(resolve, milliseconds);
        stop = this.listen(reject);
      });
    } finally {
      clearTimeout(timer);
      stop?.();
    }
  }
}
