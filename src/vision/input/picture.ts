import { SurveillanceError } from "../../core/errors";
import type { Picture, RawPicture } from "../../media/frame";
import type { InputSize } from "../model/layout";
import { openPicture, readPixels } from "../sharp";
import { letterbox, type Letterbox, type Placement } from "./letterbox";

/** A picture read and ready to be put into a model's input. */
export interface ReadPicture {
  /** Of the picture as its viewer sees it: an EXIF orientation is applied. Boxes are in these pixels. */
  size: InputSize;
  fit: Letterbox;
  /** Of an encoded picture already in the size of `fit`, of a raw one as it came. */
  pixels: RawPicture;
}

/**
 * Reads a picture in the size in which the model will see it. A JPEG that is much larger is shrunk while it is decoded.
 *
 * @throws {SurveillanceError} IMAGE_INVALID when it is broken, or no picture of a known kind, or not of its size;
 *   DEPENDENCY_MISSING when sharp is, which raw pictures do without
 */
export async function readPicture(
  picture: Picture,
  input: InputSize,
  placement: Placement,
): Promise<ReadPicture> {
  if (!Buffer.isBuffer(picture)) {
    checkRaw(picture);
    return { size: picture, fit: letterbox(picture, input, placement), pixels: picture };
  }
  const image = await openPicture(picture);
  const { autoOrient: size } = await readPixels(image.metadata());
  const fit = letterbox(size, input, placement);
  const { width, height } = fit;
  const data = await readPixels(
    image
      .resize({ width, height, fit: "fill", kernel: "linear" })
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer(),
  );
  return { size, fit, pixels: { data, width, height, channels: data.length / (width * height) } };
}

function checkRaw({ data, width, height, channels }: RawPicture): void {
  const whole = [width, height].every((length) => Number.isInteger(length) && length > 0);
  if (!whole || ![1, 3, 4].includes(channels))
    throw invalid(
      `A raw picture of ${width} x ${height} pixels with ${channels} channels is not possible: ` +
        "width and height must be whole numbers above 0, channels 1, 3 or 4.",
    );
  const expected = width * height * channels;
  if (data.length !== expected)
    throw invalid(
      `The raw picture has ${data.length} bytes, but ${width} x ${height} pixels with ${channels} channels ` +
        `make ${expected}.`,
      { advice: "Check width and height in msg.frame." },
    );
}

function invalid(message: string, options: { advice?: string } = {}): SurveillanceError {
  return new SurveillanceError("IMAGE_INVALID", message, options);
}
