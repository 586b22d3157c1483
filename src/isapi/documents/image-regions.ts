import { clampBox, type NormalisedBox } from "../../events";
import { isFields, listOf, numberOf, type Fields } from "../../core/fields";

export interface ImagePoint {
  /** 0..1 of the image, from the left and from the top. */
  x: number;
  y: number;
}

/** A polygon has ten corners at most, at devices that draw freely a few more. */
const MAX_POINTS = 64;

/** A rectangle; in 0..1 at some devices, 0..1000 at others. */
export function readBox(rect: unknown): NormalisedBox | undefined {
  const [x, y] = [numberOf(rect, "X", "x"), numberOf(rect, "Y", "y")];
  const [width, height] = [numberOf(rect, "width"), numberOf(rect, "height")];
  if (x === undefined || y === undefined || !width || !height) return undefined;
  const scale = scaleOf([x, y, width, height]);
  return clampBox({ x: x / scale, y: y / scale, width: width / scale, height: height / scale });
}

/**
 * A point, line or polygon: `RegionCoordinatesList` in XML or JSON, or a bare list of points; in 0..1 at some devices,
 * 0..1000 at others.
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
  return points.map(({ x, y }) => ({ x: x / scale, y: y / scale }));
}

/** The box around a line or polygon; undefined for what has no extent. */
export function boxAround(points: readonly ImagePoint[]): NormalisedBox | undefined {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - x, Math.max(...ys) - y];
  return width > 0 && height > 0 ? clampBox({ x, y, width, height }) : undefined;
}

function scaleOf(values: readonly number[]): number {
  return values.some((value) => value > 1) ? 1000 : 1;
}

/** The regions an alert is about: a list in XML, a list of objects with one field each in JSON. */
export function regionEntries(alert: Fields): Fields[] {
  const list = alert.DetectionRegionList;
  return listOf(isFields(list) ? (list.DetectionRegionEntry ?? list) : list).flatMap((entry) =>
    entry.DetectionRegionEntry === undefined ? [entry] : listOf(entry.DetectionRegionEntry),
  );
}
