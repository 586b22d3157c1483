import { Serial } from "../../core/serial";
import type { Commits } from "./commits";
import type { Change, Database } from "./database";
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
    const deleted = new Set<number>();
    // The deletions before this one are written when it ends: they are not read any more.
    await this.#run(() => {
      this.#ledger.deleted = deleted;
      return [];
    });
    try {
      await this.#removeHandled(database, deleted);
    } finally {
      this.#ledger.deleted = undefined;
    }
  }

  async #removeHandled(database: Database, deleted: ReadonlySet<number>): Promise<void> {
    // What is handled remains so, unless a consumer came meanwhile.
    const ledger = this.#ledger;
    const consumers = ledger.consumers.size;
    const remove = (heads: readonly keys.Head[]): Promise<void> =>
      this.#run(() => {
        if (ledger.consumers.size !== consumers) return [];
        const surplus = heads.filter((head) => ledger.isHandled(head) && !deleted.has(head.sequence));
        return surplus.flatMap((head) => ledger.remove(head));
      });
    let handled: keys.Head[] = [];
    for await (const [key, value] of database.scan(Buffer.from("h"), Buffer.from("i"))) {
      const head = keys.parseHead(key, value);
      if (!ledger.isHandled(head)) continue;
      handled.push(head);
      if (handled.length < AT_ONCE) continue;
      await remove(handled);
      handled = [];
    }
    await remove(handled);
  }

  async #run(prepare: () => Change[]): Promise<void> {
    await this.#commits.run({
      prepare: () => ({ changes: prepare(), result: undefined }),
      size: 0,
      toDisk: false,
    });
  }
}
