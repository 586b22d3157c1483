import { clampBox, type NormalisedBox } from "../events";
import type { XmlElement } from "../xml/tree";
import type { ImageSize } from "../media/frame";

/** Coordinates are in pixels or in ten thousandths of the image. */
const NORMALISED = 10_000;

interface Corners {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Reads `x1,y1,x2,y2`, or `x,y,width,height` as in the `carRect` of firmware 5.3.1. */
function cornersOf(rect: XmlElement): Corners | undefined {
  const left = rect.number("x1", "x") ?? 0;
  const top = rect.number("y1", "y") ?? 0;
  const right = rect.number("x2") ?? left + (rect.number("width") ?? 0);
  const bottom = rect.number("y2") ?? top + (rect.number("height") ?? 0);
  // A counting line sends zeros, an unknown car a rectangle without area. Neither is a box.
  return right > left && bottom > top ? { left, top, right, bottom } : undefined;
}

/** Clamps and rounds a box: a flow would show 0.20000000000000004. */
export function roundedBox(box: NormalisedBox): NormalisedBox {
  const { x, y, width, height } = clampBox(box);
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

function scaled({ left, top, right, bottom }: Corners, width: number, height: number): NormalisedBox {
  // Clamped first: the difference of two infinite numbers is not a number.
  const [x, y] = [fraction(left / width), fraction(top / height)];
  return roundedBox({ x, y, width: fraction(right / width) - x, height: fraction(bottom / height) - y });
}

function fraction(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Converts a rectangle in ten thousandths to the box of a common event. */
export function normalisedBox(rect: XmlElement | undefined): NormalisedBox | undefined {
  const corners = rect === undefined ? undefined : cornersOf(rect);
  return corners === undefined ? undefined : scaled(corners, NORMALISED, NORMALISED);
}

/** Converts a rectangle in pixels; returns undefined if the size of the image is unknown. */
export function pixelBox(
  rect: XmlElement | undefined,
  image: ImageSize | undefined,
): NormalisedBox | undefined {
  const corners = rect === undefined ? undefined : cornersOf(rect);
  if (corners === undefined || image === undefined) return undefined;
  return scaled(corners, image.width, image.height);
}

/**
 * Converts a rectangle of a recorder's face list. Its unit differs: the size of the crop, a little larger than the
 * face, shows which one. Without a crop, the unit is ten thousandths.
 */
export function faceBox(
  rect: XmlElement | undefined,
  image: ImageSize | undefined,
  crop: ImageSize | undefined,
): NormalisedBox | undefined {
  const normalised = normalisedBox(rect);
  const pixels = pixelBox(rect, image);
  if (normalised === undefined || pixels === undefined || image === undefined || crop === undefined) {
    return normalised;
  }
  const mismatch = (box: NormalisedBox): number => Math.abs(Math.log((box.width * image.width) / crop.width));
  return mismatch(pixels) < mismatch(normalised) ? pixels : normalised;
}

/**
 * Returns the box around all points below an element, in pixels of the overview. The corners of a face have names that
 * no guide lists. Undefined where a point is outside the image.
 */
export function boxAroundPoints(
  element: XmlElement,
  image: ImageSize | undefined,
): NormalisedBox | undefined {
  const points = [...element.descendants()].flatMap((each) => {
    const [x, y] = [each.number("x"), each.number("y")];
    return x === undefined || y === undefined ? [] : [{ x, y }];
  });
  if (points.length < 2 || image === undefined) return undefined;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const corners = {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  };
  const isInside = corners.right <= image.width && corners.bottom <= image.height;
  const hasExtent = corners.right > corners.left && corners.bottom > corners.top;
  return isInside && hasExtent ? scaled(corners, image.width, image.height) : undefined;
}
