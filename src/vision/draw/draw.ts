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
 * Draws boxes, labels and zones on an image, without blocking the event loop.
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

/** The limit for pending images. Raw ones have 6 MB each at 1080p. */
const MAX_WAITING = 8;

/** Draws one image after the other, in the order of their arrival. */
export class Drawer {
  readonly #turns = new Serial();
  #closed = false;

  /**
   * Draws an image after all earlier ones.
   * @throws {SurveillanceError} QUEUE_FULL if images arrive faster than they can be drawn; CLOSED; the errors of
   * {@link draw}
   */
  async draw(image: AnyImage, drawing: Drawing): Promise<DrawnImage> {
    if (this.#turns.size >= MAX_WAITING)
      throw new SurveillanceError(
        "QUEUE_FULL",
        `The drawing queue is full (${MAX_WAITING} images): this image is dropped.`,
        { advice: "Send fewer or smaller images." },
      );
    return this.#turns.run(() => {
      if (this.#closed)
        throw new SurveillanceError("CLOSED", "The node was closed before the image was drawn.");
      return draw(image, drawing);
    });
  }

  /** Cancels the waiting images. The current one is finished. */
  close(): void {
    this.#closed = true;
  }
}
