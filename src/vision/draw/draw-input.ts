import type { AnyImage, ImageSize } from "../../media/frame";
import { imageOf } from "../image";
import { normalise, readSightings } from "../rules/sightings";
import type { Mark } from "./overlay";

/** An image and what is to be drawn onto it. */
export interface DrawInput {
  /** Undefined: the message has none. */
  image: AnyImage | undefined;
  marks: Mark[];
}

/**
 * A detector's output: boxes in pixels of the image in `image`.
 * @param size of the image that the detector saw
 * @throws {SurveillanceError} CONFIG_INVALID when they are not detections
 */
export function fromDetections(
  detections: unknown,
  image: unknown,
  frame: unknown,
  size: ImageSize,
): DrawInput {
  const marks = readSightings(detections, size).map(({ label, score, box }) => ({
    label,
    score,
    box: normalise(box, size),
  }));
  return { image: imageOf(image, frame), marks };
}

/** Enough of a common event, of whatever source, to draw it; not all of them have images or boxes. */
export interface DrawableEvent {
  state?: unknown;
  targets: Partial<Record<keyof Mark, unknown>>[];
  images: { kind?: unknown; data?: unknown }[];
}

export function isDrawableEvent(payload: unknown): payload is DrawableEvent {
  const { targets, images } = (payload ?? {}) as Partial<Record<keyof DrawableEvent, unknown>>;
  return Array.isArray(targets) && Array.isArray(images);
}

/** A common event: its overview image with the boxes of its targets. At an end these are gone from the image. */
export function fromEvent({ state, targets, images }: DrawableEvent): DrawInput {
  const loaded = images.filter(({ data }) => Buffer.isBuffer(data));
  const overview = loaded.find(({ kind }) => kind === "overview") ?? loaded[0];
  return {
    image: imageOf(overview?.data, undefined),
    marks: state === "end" ? [] : targets.filter(isMark),
  };
}

function isMark(
  target: Partial<Record<keyof Mark, unknown>>,
): target is Partial<Record<keyof Mark, unknown>> & Mark {
  const { label, score, box } = target;
  const sides = (box ?? {}) as Partial<Record<keyof Mark["box"], unknown>>;
  return (
    typeof label === "string" &&
    [score ?? 0, sides.x, sides.y, sides.width, sides.height].every(
      (number) => typeof number === "number" && Number.isFinite(number),
    )
  );
}
