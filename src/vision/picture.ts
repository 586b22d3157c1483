import type { EventImage } from "../events";
import type { Picture } from "../media/frame";
import { mimeTypeOf, openPicture, readPixels } from "./sharp";

/** Good enough to see a face, a tenth of the size that 100 has. */
const JPEG_QUALITY = 85;

/** The JPEG that pictures leave the vision nodes as: colours at half resolution (4:2:0), as cameras make them. */
export const jpegOptions = { quality: JPEG_QUALITY, chromaSubsampling: "4:2:0" } as const;

/**
 * The picture that a message carries.
 * @param data encoded bytes, raw RGB bytes, or a {@link Picture} already
 * @param frame `msg.frame`, which says of raw bytes that they are RGB, and their size; the size is enough where it fits
 * @returns undefined when there is none
 */
export function pictureOf(data: unknown, frame: unknown): Picture | undefined {
  const { format, width, height, channels } = (frame ?? {}) as Record<string, unknown>;
  if (Buffer.isBuffer(data)) {
    const raw = { data, width: Number(width), height: Number(height), channels: Number(channels ?? 3) };
    const isRaw =
      format === "rgb" || (format === undefined && data.length === raw.width * raw.height * raw.channels);
    return isRaw ? raw : data;
  }
  const picture = (data ?? {}) as Record<string, unknown>;
  return Buffer.isBuffer(picture.data) ? pictureOf(picture.data, { ...picture, format: "rgb" }) : undefined;
}

/**
 * A picture as an event carries it: encoded ones as they are, raw ones as JPEG.
 * @throws {SurveillanceError} IMAGE_INVALID, and for raw pictures DEPENDENCY_MISSING
 */
export async function encodePicture(picture: Picture): Promise<Pick<EventImage, "mimeType" | "data">> {
  if (Buffer.isBuffer(picture)) return { mimeType: mimeTypeOf(picture), data: picture };
  const image = await openPicture(picture);
  return { mimeType: "image/jpeg", data: await readPixels(image.jpeg(jpegOptions).toBuffer()) };
}
