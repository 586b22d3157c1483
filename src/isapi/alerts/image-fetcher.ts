import { toError } from "../../core/errors";
import { textOf } from "../../core/fields";
import type { EventImage } from "../../events";
import { imageType } from "../../media/sniff";
import type { IsapiDevice } from "../device/device";
import type { Alert } from "./alert";
import type { ImageUrl } from "./announced-images";

const MAX_UNDER_WAY = 16;

/**
 * Fetches the images that an alert links to, with the device's credentials, and only from the device. Other hosts
 * receive neither request nor password; their URLs stay in the event.
 */
export class ImageFetcher {
  readonly #device: Pick<IsapiDevice, "client" | "warn">;
  /** Several listeners may request the same image at once. */
  readonly #underWay = new Map<string, Promise<EventImage>>();

  constructor(device: Pick<IsapiDevice, "client" | "warn">) {
    this.#device = device;
  }

  /** Never rejects: an image that cannot be fetched has only its URL. */
  fetch({ url, kind }: ImageUrl, alert: Alert): Promise<EventImage> {
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
    const { client, warn } = this.#device;
    try {
      const { body } = await client.read({ path });
      if (imageType(body) === "image/jpeg") return { ...image, data: body };
      warn(`The alert image from ${client.where} is not a JPEG.`);
    } catch (thrown) {
      warn(toError(thrown).message);
    }
    return image;
  }

  /** Returns undefined for other hosts. Behind a router, the device's own address differs from the configured one. */
  #pathOnDevice(text: string, ownAddress: string | undefined): string | undefined {
    if (text.startsWith("/") && !text.startsWith("//")) return text;
    if (!URL.canParse(text)) return undefined;
    const { hostname, pathname, search } = new URL(text);
    const isDevice = hostname === this.#device.client.origin.hostname || hostname === ownAddress;
    return isDevice ? pathname + search : undefined;
  }
}
