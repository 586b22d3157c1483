import type { EventImage } from "../events";
import type { AnyImage } from "../media/frame";
import { mimeTypeOf, openImage, readPixels } from "./sharp";

/** Good enough to see a face, a tenth of the size that 100 has. */
const JPEG_QUALITY = 85;

/** The JPEG that images leave the vision nodes as: colours at half resolution (4:2:0), as cameras make them. */
export const jpegOptions = { quality: JPEG_QUALITY, chromaSubsampling: "4:2:0" } as const;

/**
 * The image that a message carries.
 * @param data encoded bytes, raw RGB bytes, or a {@link AnyImage} already
 * @param frame `msg.frame`, which says of raw bytes that they are RGB, and their size; the size is enough where it fits
 * @returns undefined when there is none
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

/** Raw images waiting to be encoded: 6 MB each at 1080p. */
const MAX_WAITING = 8;

/** Encodes the images of events. When too many wait, events go without: a late image is worth less than the memory. */
export class ImageEncoder {
  #waiting = 0;

  /**
   * An image as an event carries it: encoded ones as they are, raw ones as JPEG.
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
