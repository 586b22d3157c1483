import type { NormalisedBox } from "../../events";

/** x to the right, y down, in any unit. Compared shapes use the same one. */
export type Point = readonly [x: number, y: number];

/** The tolerance for rounding: a point with a few decimals must be recognised as being on an edge. */
const EPSILON = 1e-9;

/** Returns the enclosed area, by the shoelace formula. It is 0 for points on a line and for a symmetric bow-tie. */
export function polygonArea(points: readonly Point[]): number {
  return Math.abs(edgesOf(points).reduce((sum, [a, b]) => sum + (a[0] * b[1] - b[0] * a[1]), 0)) / 2;
}

/** Tells whether a point is inside, by the even-odd rule, also for concave polygons. Points on an edge are inside. */
export function polygonContains(points: readonly Point[], point: Point): boolean {
  let inside = false;
  for (const [a, b] of edgesOf(points)) {
    if (isOnSegment(a, b, point)) return true;
    const crossesRow = a[1] > point[1] !== b[1] > point[1];
    if (crossesRow && point[0] < a[0] + ((point[1] - a[1]) * (b[0] - a[0])) / (b[1] - a[1])) inside = !inside;
  }
  return inside;
}

/**
 * Tells whether box and polygon share at least one point, for example of touching edges. Two closed shapes meet if a
 * corner of one is in the other, or if their edges cross. Without sampling, the thinnest overlap counts.
 */
export function polygonMeetsBox(points: readonly Point[], box: NormalisedBox): boolean {
  const { x, y } = box;
  const right = x + box.width;
  const bottom = y + box.height;
  const corners: Point[] = [
    [x, y],
    [right, y],
    [right, bottom],
    [x, bottom],
  ];
  return (
    points.some(([px, py]) => px >= x && px <= right && py >= y && py <= bottom) ||
    corners.some((corner) => polygonContains(points, corner)) ||
    edgesOf(points).some(([a, b]) => edgesOf(corners).some(([c, d]) => segmentsMeet(a, b, c, d)))
  );
}

function edgesOf(points: readonly Point[]): (readonly [Point, Point])[] {
  return points.map((point, index) => [point, points[(index + 1) % points.length] ?? point] as const);
}

/** Returns a positive value if a → b → c turns clockwise on the screen, and 0 if the three are on a line. */
function turn(a: Point, b: Point, c: Point): number {
  const cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  return Math.abs(cross) <= EPSILON ? 0 : Math.sign(cross);
}

function isOnSegment(a: Point, b: Point, point: Point): boolean {
  const within = (axis: 0 | 1): boolean =>
    point[axis] >= Math.min(a[axis], b[axis]) - EPSILON &&
    point[axis] <= Math.max(a[axis], b[axis]) + EPSILON;
  return turn(a, b, point) === 0 && within(0) && within(1);
}

function segmentsMeet(a: Point, b: Point, c: Point, d: Point): boolean {
  return (
    (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) ||
    isOnSegment(a, b, c) ||
    isOnSegment(a, b, d) ||
    isOnSegment(c, d, a) ||
    isOnSegment(c, d, b)
  );
}
