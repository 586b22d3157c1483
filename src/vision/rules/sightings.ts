import { SurveillanceError } from "../../core/errors";
import { clampBox, type NormalisedBox } from "../../events";
import type { Detection, ImageSize, PixelBox } from "../../media/frame";

/** The part of a detection that the rules use. */
export type Sighting = Pick<Detection, "label" | "score" | "box">;

/** Detectors report fewer objects by default. Beyond this number, those with the lowest scores are ignored. */
const MAX_SIGHTINGS = 300;

/**
 * Checks the payload of a detector: `[{label, score, box: {x, y, width, height}}]` in pixels. Boxes that are completely
 * outside the image are ignored. Of more than 300 objects, the 300 with the highest scores are used.
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

/** Converts a box in pixels to 0..1 of the image, clamped to it. */
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
