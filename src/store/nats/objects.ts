import type { ObjectStore } from "@nats-io/obj";
import { steadyClock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { atMost } from "../../core/pause";
import type { Session } from "./connection";
import { natsError } from "./failure";
import type { NatsStream } from "./stream";

/** A large object is read again when it does not arrive within this time. */
const READ_MS = 30_000;
/** An object is written before its message, and at most this long before: a put ends much sooner. */
const ORPHAN_MS = 3_600_000;

/** The header of a message whose envelope is an object of this name. */
export const OBJECT_HEADER = "Surveillance-Object";

/** The envelopes that are larger than the server's max_payload, in an object store beside the stream. */
export class LargeMessages {
  readonly #stream: NatsStream;
  readonly #stores = new WeakMap<Session, Promise<ObjectStore>>();

  constructor(stream: NatsStream) {
    this.#stream = stream;
  }

  get #bucket(): string {
    return `${this.#stream.name}-large`;
  }

  /** @throws {SurveillanceError} STORE_FULL … */
  async write(session: Session, name: string, bytes: Uint8Array): Promise<void> {
    try {
      const store = await this.#open(session, true);
      if ((await store.info(name))?.size === bytes.length) return;
      await store.putBlob({ name }, bytes);
    } catch (thrown) {
      throw natsError(thrown, `${this.#stream.where}, object store ${this.#bucket}`);
    }
  }

  /** @throws {SurveillanceError} STORE_MESSAGE_INVALID: the object does not exist any more */
  async read(session: Session, name: string): Promise<Uint8Array> {
    let bytes: Uint8Array | null | undefined;
    try {
      const store = await this.#open(session, false);
      const reading = store.getBlob(name);
      await atMost(reading, READ_MS, steadyClock);
      bytes = await Promise.race([reading, Promise.resolve(undefined)]);
    } catch (thrown) {
      throw natsError(thrown, `${this.#stream.where}, object store ${this.#bucket}`);
    }
    if (bytes === undefined)
      throw new SurveillanceError(
        "TIMEOUT",
        `${this.#stream.where}: a large message did not arrive in time.`,
      );
    if (bytes === null)
      throw new SurveillanceError(
        "STORE_MESSAGE_INVALID",
        `${this.#stream.where}: a large message has no content.`,
      );
    return bytes;
  }

  /**
   * Removes an object without a trace: a deletion by the client would leave a marker for each. This works for the
   * stream of a site, too, where a published marker would reach other sites.
   */
  async remove(session: Session, name: string): Promise<void> {
    const store = await this.#open(session, false);
    const info = await store.info(name);
    if (info === null) return;
    const { jsm } = await this.#stream.api(session);
    await jsm.streams.purge(`OBJ_${this.#bucket}`, { filter: `$O.${this.#bucket}.C.${info.nuid}` });
    await jsm.streams.purge(`OBJ_${this.#bucket}`, { filter: this.#entryOf(name) });
  }

  /**
   * Removes the objects whose message was never stored, or was trimmed by somebody else: those that are clearly older
   * than the oldest message.
   *
   * @param oldest the time of the oldest message by the server's clock, milliseconds
   */
  async removeOrphans(session: Session, oldest: number): Promise<void> {
    const { jsm } = await this.#stream.api(session);
    const stream = `OBJ_${this.#bucket}`;
    const store = await this.#open(session, false);
    for (const { name, deleted } of await store.list()) {
      // The time in the object is that of the writer's clock. The stored message has the server's.
      const stored = await jsm.streams
        .getMessage(stream, { last_by_subj: this.#entryOf(name) })
        .catch(() => null);
      if (!deleted && stored !== null && stored.time.getTime() < oldest - ORPHAN_MS)
        await this.remove(session, name);
    }
  }

  /** Returns the subject of an object's entry in its store. */
  #entryOf(name: string): string {
    const encoded = Buffer.from(name).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
    return `$O.${this.#bucket}.M.${encoded}`;
  }

  #open(session: Session, create: boolean): Promise<ObjectStore> {
    const known = this.#stores.get(session);
    if (known !== undefined) return known;
    const opening = this.#stream.api(session).then(({ js }) => {
      const manager = new session.client.obj.Objm(js);
      const { File: storage } = session.client.jetstream.StorageType;
      const { maxBytes } = this.#stream.settings;
      return create
        ? manager.create(this.#bucket, { storage, ...(maxBytes !== undefined && { max_bytes: maxBytes }) })
        : manager.open(this.#bucket);
    });
    this.#stores.set(session, opening);
    opening.catch(() => this.#stores.delete(session));
    return opening;
  }
}
