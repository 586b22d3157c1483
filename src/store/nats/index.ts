import { SurveillanceError } from "../../core/errors";
import type { Source, SourceHandler } from "../../events/source";
import type { ConsumeOptions, EventStore, OutgoingMessage, StoreDelivery, Stored } from "../store";
import { leaseLink, type Lease } from "./connection";
import type { NatsConnectionOptions } from "./connection-options";
import { NatsConsumer } from "./consumer";
import { LargeMessages } from "./objects";
import { Publisher } from "./publisher";
import { SitesConsumer } from "./sites-consumer";
import { NatsStream, type StreamSettings } from "./stream";
import { Trimmer } from "./trim";

export type { NatsConnectionOptions } from "./connection-options";
export { probeNats } from "./probe";

export interface NatsStoreOptions extends StreamSettings {
  connection: NatsConnectionOptions;
  /** Milliseconds until a message that cannot be stored fails. Default 30 s */
  putMs?: number;
  /** Milliseconds until messages are removed that every consumer has acknowledged. Default 5 s */
  trimMs?: number;
}

/** Opens a store on NATS JetStream. Connects in the background; stores with equal connection options share it. */
export function openNatsStore(options: NatsStoreOptions): EventStore {
  return new NatsStore(options);
}

interface Place {
  stream: NatsStream;
  large: LargeMessages;
  trimmer: Trimmer;
}

class NatsStore implements EventStore {
  readonly #lease: Lease;
  /** One for each domain, or only that of the server. */
  readonly #places: Place[];
  readonly #publisher: Publisher | undefined;
  readonly #sources = new Set<Source>();

  constructor({ connection, putMs, trimMs, ...settings }: NatsStoreOptions) {
    this.#lease = leaseLink(connection);
    const { link } = this.#lease;
    const domains = connection.domains ?? [];
    this.#places = (domains.length === 0 ? [undefined] : [...domains]).map((domain) => {
      const stream = new NatsStream(link, settings, domain);
      const large = new LargeMessages(stream);
      return { stream, large, trimmer: new Trimmer(link, stream, large, settings.warn, trimMs) };
    });
    const [own] = this.#places;
    if (domains.length === 0 && own !== undefined)
      this.#publisher = new Publisher(link, own.stream, own.large, putMs);
  }

  async put(message: OutgoingMessage): Promise<Stored> {
    if (this.#publisher === undefined) {
      throw new SurveillanceError("CONFIG_INVALID", "Nothing can be stored at the sites.", {
        advice: "events-out needs a nats-jetstream without domains: that of its own site.",
      });
    }
    return this.#publisher.put(message);
  }

  consume(options: ConsumeOptions, handler: SourceHandler<StoreDelivery>): Source {
    const { link } = this.#lease;
    const source = new SitesConsumer(
      this.#places.map(
        (place) => (one: SourceHandler<StoreDelivery>) => new NatsConsumer({ link, ...place }, options, one),
      ),
      handler,
    );
    this.#sources.add(source);
    return {
      close: async () => {
        this.#sources.delete(source);
        await source.close();
      },
    };
  }

  async close(): Promise<void> {
    this.#publisher?.close();
    await Promise.all([...this.#sources].map((source) => source.close()));
    await Promise.all(this.#places.map(({ trimmer }) => trimmer.close()));
    await this.#lease.release();
  }
}
