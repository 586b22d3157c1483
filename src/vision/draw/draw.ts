import type { Picture } from "../../media/frame";
import { jpegOptions } from "../picture";
import { openPicture, readPixels } from "../sharp";
import { overlayOf, type Drawing } from "./overlay";

/** A finished drawing. */
export interface DrawnPicture {
  /** JPEG */
  data: Buffer;
  /** Pixels */
  width: number;
  /** Pixels */
  height: number;
}

/**
 * Draws boxes, labels and zones onto a picture, off the event loop.
 * @throws {SurveillanceError} IMAGE_INVALID for a broken picture, DEPENDENCY_MISSING without sharp
 */
export async function draw(picture: Picture, drawing: Drawing): Promise<DrawnPicture> {
  const image = await openPicture(picture);
  const { autoOrient: size } = await readPixels(image.metadata());
  const overlay = Buffer.from(overlayOf(drawing, size));
  // Cameras send grey pictures at night: the colours of the drawing need three channels.
  const drawn = image
    .toColourspace("srgb")
    .composite([{ input: overlay }])
    .flatten();
  const data = await readPixels(drawn.jpeg(jpegOptions).toBuffer());
  return { data, width: size.width, height: size.height };
}
