import { backoff } from "../../core/backoff";
import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { atMost } from "../../core/pause";
import type { Source, SourceHandler } from "../../events/source";
import type { ConsumeOptions, OutgoingMessage, StoreDelivery, Stored } from "../store";
import { Commits } from "./commits";
import { ConsumerRecord } from "./consumer-record";
import { Database, storeError, type Change } from "./database";
import { Feed, type FeedStore, type Subscription } from "./feed";
import * as keys from "./keys";
import { Ledger, type LedgerSettings } from "./ledger";
import { Sweeper } from "./sweeper";

const CLOSE_MS = 2000;
const RETRY = { first: 1000, max: 5000 };
/** Compacting reads and writes what is stored. It is worth it when as much was deleted. */
const COMPACT_BYTES = 64 * 1024 * 1024;
/** Compacting an empty store only deletes files. */
const COMPACT_EMPTY_BYTES = 16 * 1024 * 1024;

/** The store of one stream in one folder, for all nodes of this process. */
export class HereStore {
  /** They may change while the store is open. */
  readonly limits: LedgerSettings;
  readonly #ledger: Ledger;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #before: Promise<void>;
  readonly #commits = new Commits((changes, toDisk) => this.#write(changes, toDisk));
  readonly #sweeper: Sweeper;
  readonly #feeds = new Map<string, Feed>();
  readonly #subscriptions = new Set<Subscription>();
  #database: Database | undefined;
  #opening: Promise<void> | undefined;
  #closing: Promise<void> = Promise.resolve();
  #cancelRetry = (): void => undefined;
  #failures = 0;
  #failure: { error: SurveillanceError; retryMs: number } | undefined;
  #reported: string | undefined;
  /** All messages up to this number are written. */
  #written = 0;
  #closed = false;

  /** @param before resolves when the store that had the folder before is closed */
  constructor(folder: string, limits: LedgerSettings, clock: Clock, before: Promise<void>) {
    this.#folder = folder;
    this.#clock = clock;
    this.#before = before;
    this.limits = limits;
    this.#ledger = new Ledger(limits);
    this.#sweeper = new Sweeper(this.#ledger, this.#commits);
  }

  /** See EventStore. */
  async put(message: OutgoingMessage): Promise<Stored> {
    await this.#ready();
    const prepare = (): { changes: Change[]; result: Stored } => {
      this.#openDatabase();
      return this.#ledger.put(message, this.#clock.now());
    };
    const stored = await this.#commits.run({ prepare, size: message.bytes.length, toDisk: true });
    this.#reported = undefined;
    this.#written = Math.max(this.#written, stored.sequence);
    if (!stored.duplicate) for (const feed of this.#feeds.values()) feed.pump();
    return stored;
  }

  /** See EventStore. */
  consume(options: ConsumeOptions, handler: SourceHandler<StoreDelivery>): Source {
    const subscription: Subscription = { options, handler, held: 0 };
    this.#subscriptions.add(subscription);
    handler.state({ kind: "connecting" });
    if (this.#failure !== undefined) this.#tell(subscription, this.#failure);
    // Opening attaches every subscription, and tells it of a failure.
    else if (this.#database !== undefined) this.#attach(subscription);
    else this.#ready().catch(() => undefined);
    return { close: (removed) => this.#detach(subscription, removed ?? false) };
  }

  /** Closes the database. Resolves within 2 s. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    for (const feed of this.#feeds.values()) feed.close();
    this.#subscriptions.clear();
    const ending = async (): Promise<void> => {
      await this.#opening?.catch(() => undefined);
      await this.#commits.settled();
      await this.#database?.close();
      this.#database = undefined;
      await this.#closing;
    };
    await atMost(ending(), CLOSE_MS, this.#clock);
  }

  #ready(): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    return (this.#opening ??= this.#open());
  }

  async #open(): Promise<void> {
    try {
      await this.#before;
      await this.#closing;
      const database = await Database.open(this.#folder);
      await this.#ledger.load(database).catch(async (thrown: unknown) => {
        await database.close();
        throw thrown;
      });
      this.#database = database;
      this.#written = this.#ledger.last;
      this.#failures = 0;
      this.#failure = undefined;
      this.#opened(database.repaired);
    } catch (thrown) {
      const error = storeError(this.#folder, thrown);
      this.#failed(error);
      throw error;
    }
  }

  #opened(repaired: boolean): void {
    for (const subscription of this.#subscriptions) {
      if (repaired) {
        const text = `The database in ${this.#folder} was damaged and is repaired. Events may be missing.`;
        subscription.handler.warning(text);
      }
      this.#attach(subscription);
    }
  }

  /** Lets a consumer begin, or go on after the database was opened again. */
  #attach(subscription: Subscription): void {
    const { consumer, filter } = subscription.options;
    const ledger = this.#ledger;
    const known = ledger.consumers.get(consumer);
    const hasNewFilter = known !== undefined && known.filter !== filter;
    this.#commit(() => {
      if (!this.#subscriptions.has(subscription)) return [];
      const record = ledger.consumers.get(consumer) ?? new ConsumerRecord(consumer);
      const isChanged = !ledger.consumers.has(consumer) || record.filter !== filter;
      record.filter = filter;
      ledger.consumers.set(consumer, record);
      return isChanged ? [record.entry()] : [];
    }).then(
      () => {
        const record = ledger.consumers.get(consumer);
        if (record === undefined || !this.#subscriptions.has(subscription)) return;
        const feed = this.#feeds.get(consumer) ?? new Feed(record, this.#feedStore);
        this.#feeds.set(consumer, feed);
        feed.subscriptions.add(subscription);
        subscription.handler.state({ kind: "connected" });
        feed.pump();
        // The new filter may have made messages superfluous.
        if (hasNewFilter) this.#sweep();
      },
      // The failed commit was reported. Opening again attaches.
      () => undefined,
    );
  }

  async #detach(subscription: Subscription, removed: boolean): Promise<void> {
    if (!this.#subscriptions.delete(subscription)) return;
    const { consumer } = subscription.options;
    const feed = this.#feeds.get(consumer);
    feed?.remove(subscription);
    // A node that is deployed meanwhile may use the consumer again.
    const isUsed = (): boolean =>
      [...this.#subscriptions].some(({ options }) => options.consumer === consumer);
    if (!removed || isUsed()) return;
    feed?.close();
    feed?.record.rewind();
    this.#feeds.delete(consumer);
    const removal = async (): Promise<void> => {
      await this.#ready();
      const record = this.#ledger.consumers.get(consumer);
      if (record === undefined) return;
      await this.#commit(
        () => (isUsed() ? [] : this.#ledger.forgetConsumer(record)),
        () => this.#ledger.consumers.set(consumer, record),
      );
      this.#sweep();
    };
    await atMost(removal(), CLOSE_MS, this.#clock);
  }

  /** Deletes what no consumer needs any more. */
  #sweep(): void {
    const database = this.#database;
    if (database === undefined) return;
    // Opening sweeps too: a failure delays it until then.
    this.#sweeper.sweep(database).catch(() => undefined);
  }

  readonly #feedStore: FeedStore = {
    after: (milliseconds, run) => this.#clock.after(milliseconds, run),
    heads: async (after, limit) => {
      const upTo = this.#written;
      const from = keys.messageKey("h", after + 1);
      const entries = await this.#openDatabase().entries(from, Buffer.from("i"), limit);
      return { heads: entries.map(([key, value]) => keys.parseHead(key, value)), upTo };
    },
    read: async (consumer, head, count) => {
      // The count is written before a message can end the process.
      await this.#commit(() => this.#ledger.countDelivery(consumer, head.sequence, count));
      const bytes = await this.#openDatabase().get(keys.messageKey("m", head.sequence));
      if (bytes !== undefined) return bytes;
      throw new SurveillanceError(
        "STORE_MESSAGE_INVALID",
        `The message ${head.sequence} is not stored any more.`,
      );
    },
    acknowledge: async (consumer, head) => {
      let undo = (): void => undefined;
      const prepare = (): Change[] => {
        undo = consumer.undoOf(head);
        return this.#ledger.acknowledge(consumer, head);
      };
      await this.#commit(prepare, () => {
        undo();
      });
      this.#compact();
    },
  };

  /** Returns the space of deleted messages to the disk, when it is worth the work. */
  #compact(): void {
    const ledger = this.#ledger;
    const limit = ledger.bytes === 0 ? COMPACT_EMPTY_BYTES : Math.max(COMPACT_BYTES, ledger.bytes);
    if (ledger.freed < limit) return;
    ledger.freed = 0;
    this.#database?.compact().catch(() => undefined);
  }

  async #commit(prepare: () => Change[], undo?: () => void): Promise<void> {
    const job = {
      prepare: () => {
        this.#openDatabase();
        return { changes: prepare(), result: undefined };
      },
      ...(undo && { undo }),
    };
    await this.#commits.run({ ...job, size: 0, toDisk: false });
  }

  /** Plans another attempt. Until then, every use of the store gets the error. */
  #failed(error: SurveillanceError): void {
    const retryMs = backoff(this.#failures, RETRY);
    this.#failures += 1;
    this.#failure = { error, retryMs };
    const isNew = this.#reported !== error.code;
    this.#reported = error.code;
    for (const subscription of this.#subscriptions) this.#tell(subscription, this.#failure, isNew);
    this.#cancelRetry();
    if (this.#closed) return;
    this.#cancelRetry = this.#clock.after(retryMs, () => {
      this.#opening = undefined;
      // The failure is reported.
      this.#ready().catch(() => undefined);
    });
  }

  #tell(
    { handler }: Subscription,
    failure: { error: SurveillanceError; retryMs: number },
    isNew = true,
  ): void {
    handler.state({ kind: "retrying", ...failure, failures: this.#failures });
    if (isNew) handler.failure(failure.error);
  }

  #openDatabase(): Database {
    if (this.#closed || this.#database === undefined) throw this.#failure?.error ?? closedError();
    return this.#database;
  }

  async #write(changes: Change[], toDisk: boolean): Promise<void> {
    const database = this.#openDatabase();
    try {
      await database.apply(changes, toDisk);
    } catch (thrown) {
      // LevelDB's log may end in the middle of a record: only opening it again makes what follows safe.
      const error = storeError(this.#folder, thrown);
      if (this.#database === database) {
        this.#database = undefined;
        this.#closing = database.close();
        this.#opening = Promise.reject(error);
        this.#opening.catch(() => undefined);
        this.#failed(error);
      }
      throw error;
    }
  }
}

function closedError(): SurveillanceError {
  return new SurveillanceError("CLOSED", "The event store was closed.");
}
