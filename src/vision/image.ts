import type { EventImage } from "../events";
import type { AnyImage } from "../media/frame";
import { mimeTypeOf, openImage, readPixels } from "./sharp";

/** Good enough to recognise a face, at a tenth of the size of quality 100. */
const JPEG_QUALITY = 85;

/** The JPEG settings of all vision nodes: colours at half resolution (4:2:0), as cameras use. */
export const jpegOptions = { quality: JPEG_QUALITY, chromaSubsampling: "4:2:0" } as const;

/**
 * Returns the image of a message.
 * @param data encoded bytes, raw RGB bytes, or an {@link AnyImage}
 * @param frame `msg.frame`: format and size of raw RGB bytes. If the format is missing, a matching size is enough.
 * @returns undefined if there is none
 */
export function imageOf(data: unknown, frame: unknown): AnyImage | undefined {
  const { format, width, height, channels } = (frame ?? {}) as Record<string, unknown>;
  if (Buffer.isBuffer(data)) {
    const raw = { data, width: Number(width), height: Number(height), channels: Number(channels ?? 3) };
    const isRaw =
      format === "rgb" || (format === undefined && data.length === raw.width * raw.height * raw.channels);
    return isRaw ? raw : data;
  }
  const image = (data ?? {}) as Record<string, unknown>;
  return Buffer.isBuffer(image.data) ? imageOf(image.data, { ...image, format: "rgb" }) : undefined;
}

export type EncodedImage = Pick<EventImage, "mimeType" | "data">;

/** Raw images that wait to be encoded have 6 MB each at 1080p. */
const MAX_WAITING = 8;

/** Encodes the images of events. If too many wait, it returns no image, to limit the memory. */
export class ImageEncoder {
  #waiting = 0;

  /**
   * Returns an image for an event: encoded ones unchanged, raw ones as JPEG; undefined if too many wait.
   *
   * @throws {SurveillanceError} IMAGE_INVALID, and for raw images DEPENDENCY_MISSING
   */
  async encode(image: AnyImage | undefined): Promise<EncodedImage | undefined> {
    if (image === undefined || this.#waiting >= MAX_WAITING) return undefined;
    this.#waiting++;
    try {
      if (Buffer.isBuffer(image)) return { mimeType: mimeTypeOf(image), data: image };
      const opened = await openImage(image);
      return { mimeType: "image/jpeg", data: await readPixels(opened.jpeg(jpegOptions).toBuffer()) };
    } finally {
      this.#waiting--;
    }
  }
}
