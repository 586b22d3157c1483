import { SurveillanceError } from "../../core/errors";
import { Serial } from "../../core/serial";
import type { AnyImage } from "../../media/frame";
import { jpegOptions } from "../image";
import { openImage, readPixels } from "../sharp";
import { overlayOf, type Drawing } from "./overlay";

/** A finished drawing. */
export interface DrawnImage {
  /** JPEG */
  data: Buffer;
  /** Pixels */
  width: number;
  /** Pixels */
  height: number;
}

/**
 * Draws boxes, labels and zones onto an image, off the event loop.
 * @throws {SurveillanceError} IMAGE_INVALID for a broken image, DEPENDENCY_MISSING without sharp
 */
export async function draw(image: AnyImage, drawing: Drawing): Promise<DrawnImage> {
  const opened = await openImage(image);
  const { autoOrient: size } = await readPixels(opened.metadata());
  const overlay = Buffer.from(overlayOf(drawing, size));
  // Cameras send grey images at night: the colours of the drawing need three channels.
  const drawn = opened
    .toColourspace("srgb")
    .composite([{ input: overlay }])
    .flatten();
  const data = await readPixels(drawn.jpeg(jpegOptions).toBuffer());
  return { data, width: size.width, height: size.height };
}

/** Images that wait or are being drawn: raw ones have 6 MB each at 1080p. */
const MAX_WAITING = 8;

/** Draws one image after the other, in the order in which they come. */
export class Drawer {
  readonly #turns = new Serial();
  #closed = false;

  /**
   * @throws {SurveillanceError} QUEUE_FULL when images come faster than they can be drawn; CLOSED; what {@link draw}
   * throws
   */
  async draw(image: AnyImage, drawing: Drawing): Promise<DrawnImage> {
    if (this.#turns.size >= MAX_WAITING)
      throw new SurveillanceError(
        "QUEUE_FULL",
        `${MAX_WAITING} images wait to be drawn. This one is left out.`,
        { advice: "Send fewer or smaller images." },
      );
    return this.#turns.run(() => {
      if (this.#closed)
        throw new SurveillanceError("CLOSED", "The node was closed before the image was drawn.");
      return draw(image, drawing);
    });
  }

  /** Gives up what waits; the image being drawn is finished. */
  close(): void {
    this.#closed = true;
  }
}
