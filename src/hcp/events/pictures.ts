import type { EventImage } from "../../events";
import type { Clock } from "../../core/clock";
import { isClosedError } from "../../core/errors";
import type { HcpClient } from "../client";
import { HcpError } from "../hcp-error";
import type { DecodedEvent } from "./decode";
import { unfetched } from "./decode";
import type { PictureAddress } from "./kinds";
import { eventRecordPictures, passingVehiclePictures } from "./picture-search";

const stores = {
  access: "/artemis/api/acs/v1/event/pictures",
  vehicle: "/artemis/api/pms/v1/image_data",
  event: "/artemis/api/eventService/v1/image_data",
} as const;
const CONCURRENCY = 4;
/** Events whose pictures are waited for; those behind go without, since the events are worth more. */
const MAX_PENDING = 100;
/** A server that does not answer would hold up event after event: for so long it is not asked. */
const PAUSE_MS = 30_000;

/** Fetches the pictures of events, a few at a time. */
export class EventPictures {
  readonly #client: HcpClient;
  readonly #clock: Clock;
  readonly #onProblem: (error: Error) => void;
  readonly #closing = new AbortController();
  readonly #queue: (() => void)[] = [];
  #running = 0;
  #pausedUntil = 0;

  constructor(client: HcpClient, clock: Clock, onProblem: (error: Error) => void) {
    this.#client = client;
    this.#clock = clock;
    this.#onProblem = onProblem;
  }

  /**
   * Puts the pictures into the event: those its message names, else those of its record. What cannot be had is reported, and
   * the event stays as it is. Never rejects.
   */
  async attach(decoded: DecodedEvent): Promise<void> {
    if (this.#queue.length >= MAX_PENDING || this.#isPaused()) return;
    if (this.#running >= CONCURRENCY) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#running += 1;
    try {
      if (!this.#isPaused()) await this.#fetchAll(decoded);
    } catch (error) {
      if (!(error instanceof HcpError)) this.#pausedUntil = this.#clock.now() + PAUSE_MS;
      if (!this.#isClosed() && !isClosedError(error)) this.#onProblem(error as Error);
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  close(): void {
    this.#closing.abort();
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #isPaused(): boolean {
    return this.#isClosed() || this.#clock.now() < this.#pausedUntil;
  }

  async #fetchAll({ event, pictures }: DecodedEvent): Promise<void> {
    const { signal } = this.#closing;
    const named = pictures.filter(({ store }) => store !== undefined);
    const search = event.type === "licensePlate" ? passingVehiclePictures : eventRecordPictures;
    const addresses =
      named.length > 0 || event.images.length > 0 ? named : await search(this.#client, event, signal);
    for (const address of addresses) {
      const image = await this.#fetch(address);
      const index = event.images.findIndex(({ url, data }) => url === address.uri && data === undefined);
      if (index < 0) event.images.push(image);
      else event.images[index] = image;
    }
  }

  async #fetch(address: PictureAddress): Promise<EventImage> {
    const { store = "event", uri } = address;
    const { data, mimeType } = await this.#client.request(
      stores[store],
      { picUri: uri },
      { signal: this.#closing.signal },
    );
    const image = unfetched(address);
    return Buffer.isBuffer(data) ? { ...image, mimeType: mimeType ?? image.mimeType, data } : image;
  }
}
