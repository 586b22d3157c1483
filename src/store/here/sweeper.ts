import { Serial } from "../../core/serial";
import type { Commits } from "./commits";
import type { Database } from "./database";
import * as keys from "./keys";
import type { Ledger } from "./ledger";

const AT_ONCE = 200;

/** Deletes messages that no consumer needs any more, after a consumer was removed or has another filter. */
export class Sweeper {
  readonly #ledger: Ledger;
  readonly #commits: Commits;
  readonly #runs = new Serial();

  constructor(ledger: Ledger, commits: Commits) {
    this.#ledger = ledger;
    this.#commits = commits;
  }

  /** Reads the heads of all messages, and deletes what is handled. */
  sweep(database: Database): Promise<void> {
    return this.#runs.run(() => this.#sweep(database));
  }

  async #sweep(database: Database): Promise<void> {
    // A message that was handled when it was read is only deleted here, unless a consumer came meanwhile.
    const consumers = [...this.#ledger.consumers.values()];
    let handled: keys.Head[] = [];
    for await (const [key, value] of database.scan(Buffer.from("h"), Buffer.from("i"))) {
      const head = keys.parseHead(key, value);
      if (!this.#ledger.isHandled(head)) continue;
      handled.push(head);
      if (handled.length < AT_ONCE) continue;
      await this.#remove(handled, consumers.length);
      handled = [];
    }
    await this.#remove(handled, consumers.length);
  }

  async #remove(heads: readonly keys.Head[], consumers: number): Promise<void> {
    await this.#commits.run({
      prepare: () => {
        const isSame = this.#ledger.consumers.size === consumers;
        const surplus = isSame ? heads.filter((head) => this.#ledger.isHandled(head)) : [];
        return { changes: surplus.flatMap((head) => this.#ledger.remove(head)), result: undefined };
      },
      size: 0,
      toDisk: false,
    });
  }
}
