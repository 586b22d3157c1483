import { SurveillanceError } from "../../core/errors";
import type { AnyImage, ImageSize, RawImage } from "../../media/frame";
import { openImage, readPixels } from "../sharp";
import { letterbox, type Letterbox, type Placement } from "./letterbox";

/** An image read and ready to be put into a model's input. */
export interface ReadImage {
  /** Of the image as its viewer sees it: an EXIF orientation is applied. Boxes are in these pixels. */
  size: ImageSize;
  fit: Letterbox;
  /** Of an encoded image already in the size of `fit`, of a raw one as it came. */
  pixels: RawImage;
}

/**
 * Reads an image in the size in which the model will see it. A JPEG that is much larger is shrunk while it is decoded.
 *
 * @throws {SurveillanceError} IMAGE_INVALID when it is broken, or no image of a known kind, or not of its size;
 *   DEPENDENCY_MISSING when sharp is, which raw images do without
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
      `A raw image of ${width} x ${height} pixels with ${channels} channels is not possible: ` +
        "width and height must be whole numbers above 0, channels 1, 3 or 4.",
    );
  const expected = width * height * channels;
  if (data.length !== expected)
    throw invalid(
      `The raw image has ${data.length} bytes, but ${width} x ${height} pixels with ${channels} channels ` +
        `make ${expected}.`,
      { advice: "Check width and height in msg.frame." },
    );
}

function invalid(message: string, options: { advice?: string } = {}): SurveillanceError {
  return new SurveillanceError("IMAGE_INVALID", message, options);
}
