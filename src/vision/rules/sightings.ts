import { SurveillanceError } from "../../core/errors";
import { clampBox, type NormalisedBox } from "../../events";
import type { Detection, ImageSize, PixelBox } from "../../media/frame";

/** What the rules need to know of a detection. */
export type Sighting = Pick<Detection, "label" | "score" | "box">;

/** More objects than any detector reports by default; the rest are the least certain ones. */
const MAX_SIGHTINGS = 300;

/**
 * Checks what arrives as a detector's payload: `[{label, score, box: {x, y, width, height}}]` in pixels. Boxes that lie
 * outside the image altogether are left out, and of more than 300 objects the 300 most certain ones are taken.
 *
 * @throws {SurveillanceError} CONFIG_INVALID, naming the element
 */
export function readSightings(payload: unknown, size: ImageSize): Sighting[] {
  if (!Array.isArray(payload)) {
    throw new SurveillanceError("CONFIG_INVALID", "msg.payload is not an array of detections.", {
      advice: "Connect the output of a yolo-detect node.",
    });
  }
  const sightings = payload.map((element: unknown, index) => {
    if (isSighting(element)) return element;
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `msg.payload[${index}] is not a detection: it needs label, score and box {x, y, width, height}.`,
    );
  });
  const visible = sightings.filter(({ box }) => {
    const { width, height } = normalise(box, size);
    return width > 0 && height > 0;
  });
  if (visible.length <= MAX_SIGHTINGS) return visible;
  return visible.sort((a, b) => b.score - a.score).slice(0, MAX_SIGHTINGS);
}

/** A box in pixels as parts of the image, clamped to it. */
export function normalise({ x, y, width, height }: PixelBox, size: ImageSize): NormalisedBox {
  return clampBox({
    x: x / size.width,
    y: y / size.height,
    width: width / size.width,
    height: height / size.height,
  });
}

function isSighting(value: unknown): value is Sighting {
  const { label, score, box } = (value ?? {}) as Partial<Record<keyof Sighting, unknown>>;
  const sides = (box ?? {}) as Partial<Record<keyof PixelBox, unknown>>;
  return (
    typeof label === "string" &&
    [score, sides.x, sides.y, sides.width, sides.height].every(
      (number) => typeof number === "number" && Number.isFinite(number),
    )
  );
}
