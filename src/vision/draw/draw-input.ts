import type { AnyImage, ImageSize } from "../../media/frame";
import { imageOf } from "../image";
import { normalise, readSightings } from "../rules/sightings";
import type { Mark } from "./overlay";

/** An image and the objects to draw on it. */
export interface DrawInput {
  /** Undefined if the message has none. */
  image: AnyImage | undefined;
  marks: Mark[];
}

/**
 * Reads a detector's output, with boxes in pixels of `image`.
 * @param size the size of the image that the detector processed
 * @throws {SurveillanceError} CONFIG_INVALID if they are not detections
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

/** The part of a common event that is needed to draw it. Not all events have images or boxes. */
export interface DrawableEvent {
  state?: unknown;
  targets: Partial<Record<keyof Mark, unknown>>[];
  images: { kind?: unknown; data?: unknown }[];
}

export function isDrawableEvent(payload: unknown): payload is DrawableEvent {
  const { targets, images } = (payload ?? {}) as Partial<Record<keyof DrawableEvent, unknown>>;
  return Array.isArray(targets) && Array.isArray(images);
}

/** Reads a common event: its overview image and the boxes of its targets. At its end, it has no boxes. */
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
