import type { AnyImage, ImageSize } from "../../media/frame";
import { openImage, mimeTypeOf, readPixels } from "../sharp";

/** A server decodes the image once more, so the loss must stay invisible to a model. */
const QUALITY = 92;

export interface JpegImage {
  data: Buffer;
  /** The size of the image as displayed. */
  size: ImageSize;
}

/**
 * Returns an image as a JPEG file. A JPEG stays as it is, unless its EXIF data turn it: servers differ in whether they
 * turn it.
 *
 * @throws {SurveillanceError} IMAGE_INVALID, DEPENDENCY_MISSING
 */
export async function encodeJpeg(image: AnyImage): Promise<JpegImage> {
  const opened = await openImage(image);
  const { autoOrient: size, orientation = 1 } = await readPixels(opened.metadata());
  if (Buffer.isBuffer(image) && orientation === 1 && mimeTypeOf(image) === "image/jpeg")
    return { data: image, size };
  const encoded = opened.flatten().toColourspace("srgb").jpeg({ quality: QUALITY });
  return { data: await readPixels(encoded.toBuffer()), size };
}
