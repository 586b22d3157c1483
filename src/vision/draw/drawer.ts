import { SurveillanceError } from "../../core/errors";
import type { Picture } from "../../media/frame";
import { draw, type DrawnPicture } from "./draw";
import type { Drawing } from "./overlay";

/** Pictures waiting for their turn: raw ones have 6 MB each at 1080p. */
const MAX_WAITING = 8;

/** Draws one picture after the other, in the order in which they come. */
export class Drawer {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  /**
   * @throws {SurveillanceError} QUEUE_FULL when pictures come faster than they can be drawn; CLOSED; what {@link draw}
   * throws
   */
  async draw(picture: Picture, drawing: Drawing): Promise<DrawnPicture> {
    if (this.#waiting >= MAX_WAITING) {
      throw new SurveillanceError(
        "QUEUE_FULL",
        `${MAX_WAITING} pictures wait to be drawn: this one is left out.`,
        {
          advice: "Send fewer or smaller pictures.",
        },
      );
    }
    this.#waiting++;
    const turn = this.#last.then(() => {
      if (this.#closed)
        throw new SurveillanceError("CLOSED", "The node was closed before the picture was drawn.");
      return draw(picture, drawing);
    });
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  /** Gives up what waits; the picture being drawn is finished. */
  close(): void {
    this.#closed = true;
  }
}
