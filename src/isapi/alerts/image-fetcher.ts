import type { EventImage } from "../../events";
import type { Alert } from "./alert";
import type { PictureUrl } from "./announced-images";
import type { IsapiClient } from "../connection/client";
import { startsAsJpeg } from "../../media/jpeg";
import { textOf } from "../documents/fields";

const MAX_UNDER_WAY = 16;

/**
 * Fetches the pictures an alert points to, with the device's credentials, but from the device only: a host it names
 * beyond itself gets neither request nor password, its URL is passed on as it is.
 */
export class PictureFetcher {
  readonly #client: IsapiClient;
  readonly #warn: (text: string) => void;
  /** Several listeners ask for the same picture at once. */
  readonly #underWay = new Map<string, Promise<EventImage>>();

  constructor(client: IsapiClient, warn: (text: string) => void) {
    this.#client = client;
    this.#warn = warn;
  }

  /** Never rejects: what cannot be had is an image with its URL alone. */
  fetch({ url, kind }: PictureUrl, alert: Alert): Promise<EventImage> {
    const unfetched = { kind, mimeType: "image/jpeg", url };
    const path = this.#pathOnDevice(url, textOf(alert.details, "ipAddress"));
    if (path === undefined || this.#underWay.size >= MAX_UNDER_WAY) return Promise.resolve(unfetched);
    const running = this.#underWay.get(url);
    if (running !== undefined) return running;
    const fetching = this.#read(path, unfetched).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, fetching);
    return fetching;
  }

  async #read(path: string, image: EventImage): Promise<EventImage> {
    try {
      const { body } = await this.#client.read({ path });
      if (startsAsJpeg(body)) return { ...image, data: body };
      this.#warn(`What ${this.#client.where} gives as an alert's picture is no JPEG.`);
    } catch (thrown) {
      this.#warn(thrown instanceof Error ? thrown.message : String(thrown));
    }
    return image;
  }

  /** The device names itself by its own address, which behind a router is not the one it is reached by. */
  #pathOnDevice(text: string, ownAddress: string | undefined): string | undefined {
    if (text.startsWith("/") && !text.startsWith("//")) return text;
    if (!URL.canParse(text)) return undefined;
    const { hostname, pathname, search } = new URL(text);
    const isDevice = hostname === this.#client.origin.hostname || hostname === ownAddress;
    return isDevice ? pathname + search : undefined;
  }
}
