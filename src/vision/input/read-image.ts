import { SurveillanceError } from "../../core/errors";
import type { AnyImage, ImageSize, RawImage } from "../../media/frame";
import { openImage, readPixels } from "../sharp";
import { letterbox, type Letterbox, type Placement } from "./letterbox";

/** A decoded image, ready for a model's input. */
export interface ReadImage {
  /** The size of the image as displayed, with its EXIF orientation applied. Boxes are in these pixels. */
  size: ImageSize;
  fit: Letterbox;
  /** An encoded image in the size of `fit`; a raw one unchanged. */
  pixels: RawImage;
}

/**
 * Decodes an image in the size that the model needs. A much larger JPEG is shrunk while it is decoded.
 *
 * @throws {SurveillanceError} IMAGE_INVALID if it is broken, has an unknown format or not the given size;
 *   DEPENDENCY_MISSING if sharp is missing, which raw images do not need
 */
export async function readImage(image: AnyImage, input: ImageSize, placement: Placement): Promise<ReadImage> {
  if (!Buffer.isBuffer(image)) {
    checkRaw(image);
    return { size: image, fit: letterbox(image, input, placement), pixels: image };
  }
  const opened = await openImage(image);
  const { autoOrient: size } = await readPixels(opened.metadata());
  const fit = letterbox(size, input, placement);
  const { width, height } = fit;
  const data = await readPixels(
    opened
      .resize({ width, height, fit: "fill", kernel: "linear" })
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer(),
  );
  return { size, fit, pixels: { data, width, height, channels: data.length / (width * height) } };
}

function checkRaw({ data, width, height, channels }: RawImage): void {
  const whole = [width, height].every((length) => Number.isInteger(length) && length > 0);
  if (!whole || ![1, 3, 4].includes(channels))
    throw invalid(
      `Invalid raw image of ${width} x ${height} pixels with ${channels} channels: ` +
        "width and height must be whole numbers above 0, and channels must be 1, 3 or 4.",
    );
  const expected = width * height * channels;
  if (data.length !== expected)
    throw invalid(
      `The raw image has ${data.length} bytes, but ${width} x ${height} pixels with ${channels} channels ` +
        `need ${expected}.`,
      { advice: "Check width and height in msg.frame." },
    );
}

function invalid(message: string, options: { advice?: string } = {}): SurveillanceError {
  return new SurveillanceError("IMAGE_INVALID", message, options);
}
