/**
 * The parts of events that are on their way to the store. A post is stored when its events are, and a repeated post
 * waits for the same ones.
 */
export class UnstoredEvents {
  readonly #waiting = new Map<string, PromiseWithSettlers>();

  /** Adds an event until it is settled. */
  add(id: string, status: number): void {
    this.#waiting.set(keyOf(id, status), settlers());
  }

  /** Settles an event. @param stored rejects if it was not stored */
  settle(id: string, status: number, stored: Promise<void> | undefined): void {
    const key = keyOf(id, status);
    const entry = this.#waiting.get(key);
    if (entry === undefined) return;
    Promise.resolve(stored)
      .finally(() => {
        this.#waiting.delete(key);
      })
      .then(entry.resolve, entry.reject);
  }

  /** Waits until an event is stored. @throws the reason why it was not */
  async stored(id: string, status: number): Promise<void> {
    await this.#waiting.get(keyOf(id, status))?.promise;
  }
}

interface PromiseWithSettlers {
  promise: Promise<void>;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

function settlers(): PromiseWithSettlers {
  let resolve = (): void => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<void>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  // Nobody may wait for it: its post has its response already.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

function keyOf(id: string, status: number): string {
  return `${status} ${id}`;
}
