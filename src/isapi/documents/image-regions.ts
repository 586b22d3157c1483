import { clampBox, type NormalisedBox } from "../../events";
import { isFields, listOf, numberOf, type Fields } from "../../core/fields";

export interface ImagePoint {
  /** 0..1 of the image, from the left and the top. */
  x: number;
  y: number;
}

/** Polygons have up to ten corners, and a few more on devices with free drawing. */
const MAX_POINTS = 64;

/** Parses a rectangle. Some devices use 0..1, and others 0..1000. */
export function readBox(rect: unknown): NormalisedBox | undefined {
  const [x, y] = [numberOf(rect, "X", "x"), numberOf(rect, "Y", "y")];
  const [width, height] = [numberOf(rect, "width"), numberOf(rect, "height")];
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined;
  if (width <= 0 || height <= 0) return undefined;
  const scale = scaleOf([x, y, width, height]);
  return clampBox({ x: x / scale, y: y / scale, width: width / scale, height: height / scale });
}

/**
 * Parses a point, line or polygon: a `RegionCoordinatesList` in XML or JSON, or a list of points. Some devices use
 * 0..1, and others 0..1000.
 */
export function readPoints(region: unknown): ImagePoint[] {
  const list = isFields(region) ? (region.RegionCoordinates ?? region) : region;
  const points = listOf(list)
    .slice(0, MAX_POINTS)
    .map((point) => (isFields(point.RegionCoordinates) ? point.RegionCoordinates : point))
    .flatMap((point) => {
      const [x, y] = [numberOf(point, "positionX", "x", "X"), numberOf(point, "positionY", "y", "Y")];
      return x === undefined || y === undefined ? [] : [{ x, y }];
    });
  const scale = scaleOf(points.flatMap(({ x, y }) => [x, y]));
  const clamp = (value: number): number => Math.min(1, Math.max(0, value / scale));
  return points.map(({ x, y }) => ({ x: clamp(x), y: clamp(y) }));
}

/** Returns the box around a line or polygon; undefined if its width or height is 0. */
export function boxAround(points: readonly ImagePoint[]): NormalisedBox | undefined {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - x, Math.max(...ys) - y];
  return width > 0 && height > 0 ? clampBox({ x, y, width, height }) : undefined;
}

function scaleOf(values: readonly number[]): number {
  return values.some((value) => value > 1) ? 1000 : 1;
}

/** Returns the regions of an alert. XML has a list, and JSON a list of objects with one field each. */
export function regionEntries(alert: Fields): Fields[] {
  const list = alert.DetectionRegionList;
  return listOf(isFields(list) ? (list.DetectionRegionEntry ?? list) : list).flatMap((entry) =>
    entry.DetectionRegionEntry === undefined ? [entry] : listOf(entry.DetectionRegionEntry),
  );
}
