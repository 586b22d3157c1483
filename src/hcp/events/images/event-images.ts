import type { EventImage } from "../../../events";
import { steady, type Clock } from "../../../core/clock";
import { isClosedError, type SurveillanceError } from "../../../core/errors";
import type { HcpClient } from "../../request/client";
import { HcpError } from "../../request/hcp-error";
import type { DecodedEvent } from "../decode/event";
import { unfetched } from "../decode/event";
import type { ImageAddress } from "../decode/kinds";
import { eventRecordImages, passingVehicleImages } from "./image-search";

const stores = {
  access: "/artemis/api/acs/v1/event/pictures",
  vehicle: "/artemis/api/pms/v1/image_data",
  event: "/artemis/api/eventService/v1/image_data",
} as const;
const CONCURRENCY = 4;
/** Events that wait for their images. Later events go without images, because the events matter more. */
const MAX_PENDING = 100;
/** After a failure, no images are fetched for this long: a server that does not respond would delay every event. */
const PAUSE_MS = 30_000;

/** Fetches the images of events, a few at a time. */
export class EventImages {
  readonly #client: HcpClient;
  readonly #clock: Clock;
  readonly #onProblem: (error: SurveillanceError) => void;
  readonly #closing = new AbortController();
  readonly #queue: (() => void)[] = [];
  #running = 0;
  #pausedUntil = 0;

  constructor(client: HcpClient, clock: Clock, onProblem: (error: SurveillanceError) => void) {
    this.#client = client;
    this.#clock = steady(clock);
    this.#onProblem = onProblem;
  }

  /**
   * Adds the images to the event: the images that its message names, otherwise those of its record. Failures are
   * reported, and the event stays as it is. Never rejects.
   */
  async attach(decoded: DecodedEvent): Promise<void> {
    if (this.#queue.length >= MAX_PENDING || this.#isPaused()) return;
    if (this.#running >= CONCURRENCY) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#running += 1;
    try {
      if (!this.#isPaused()) await this.#fetchAll(decoded);
    } catch (error) {
      if (!(error instanceof HcpError)) this.#pausedUntil = this.#clock.now() + PAUSE_MS;
      if (!this.#isClosed() && !isClosedError(error)) this.#onProblem(error as SurveillanceError);
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

  async #fetchAll({ event, imageAddresses }: DecodedEvent): Promise<void> {
    const { signal } = this.#closing;
    const named = imageAddresses.filter(({ store }) => store !== undefined);
    const search = event.type === "licensePlate" ? passingVehicleImages : eventRecordImages;
    const addresses =
      named.length > 0 || event.images.length > 0 ? named : await search(this.#client, event, signal);
    for (const address of addresses) {
      const image = await this.#fetch(address);
      const index = event.images.findIndex(({ url, data }) => url === address.uri && data === undefined);
      if (index < 0) event.images.push(image);
      else event.images[index] = image;
    }
  }

  async #fetch(address: ImageAddress): Promise<EventImage> {
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
