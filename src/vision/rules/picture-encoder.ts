import type { EventImage } from "../../events";
import type { Picture } from "../../media/frame";
import { encodePicture } from "../picture";

export type EncodedPicture = Pick<EventImage, "mimeType" | "data">;

/** Raw pictures waiting to be encoded: 6 MB each at 1080p. */
const MAX_WAITING = 8;

/** Encodes the pictures of events. When too many wait, events go without: a late picture is worth less than the memory. */
export class PictureEncoder {
  #waiting = 0;

  /** @throws {SurveillanceError} IMAGE_INVALID or DEPENDENCY_MISSING */
  async encode(picture: Picture | undefined): Promise<EncodedPicture | undefined> {
    if (picture === undefined || this.#waiting >= MAX_WAITING) return undefined;
    this.#waiting++;
    try {
      return await encodePicture(picture);
    } finally {
      this.#waiting--;
    }
  }
}
