import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { SourceState } from "../../../../src/events/source";
import { openHereStore, type HereStoreSettings } from "../../../../src/store/here";
import type { ConsumeOptions, EventStore, OutgoingMessage, StoreDelivery } from "../../../../src/store/store";
import { until } from "../../../support/until";

/** What one consumer got. */
export interface Reader {
  deliveries: StoreDelivery[];
  states: SourceState[];
  failures: string[];
  warnings: string[];
  /** Resolves when so many deliveries have arrived. */
  got(count: number): Promise<void>;
  /** The sequences of all deliveries. */
  sequences(): number[];
  close(removed?: boolean): Promise<void>;
}

/** A folder for stores that a test opens and closes. */
export class StoreRig {
  readonly folder: string;
  readonly #stores: EventStore[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<StoreRig> {
    return new StoreRig(await mkdtemp(path.join(os.tmpdir(), "store-")));
  }

  open(settings: Partial<HereStoreSettings> = {}): EventStore {
    const store = openHereStore({ folder: this.folder, stream: "surveillance", ...settings });
    this.#stores.push(store);
    return store;
  }

  async remove(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A message with a text as its bytes and its identity. */
export function message(
  text: string,
  subject = ["surveillance", "isapi", "gate", "1", "motion"],
): OutgoingMessage {
  return { subject, identity: text, bytes: Buffer.from(text) };
}

/** Starts a consumer that keeps what it gets. */
export function read(store: EventStore, options: Partial<ConsumeOptions> = {}): Reader {
  const deliveries: StoreDelivery[] = [];
  const states: SourceState[] = [];
  const failures: string[] = [];
  const warnings: string[] = [];
  const source = store.consume(
    { consumer: "main", lookahead: 100, ackWaitMs: 30_000, ...options },
    {
      event: (delivery) => void deliveries.push(delivery),
      state: (state) => void states.push(state),
      failure: (error) => void failures.push(error.code),
      warning: (text) => void warnings.push(text),
    },
  );
  return {
    deliveries,
    states,
    failures,
    warnings,
    got: (count) => until(() => deliveries.length >= count),
    sequences: () => deliveries.map(({ sequence }) => sequence),
    close: (removed) => source.close(removed),
  };
}

/** Reads the texts of deliveries. */
export async function texts(deliveries: readonly StoreDelivery[]): Promise<string[]> {
  return Promise.all(deliveries.map(async (each) => Buffer.from(await each.read()).toString()));
}
