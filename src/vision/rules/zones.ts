import { SurveillanceError } from "../../core/errors";
import type { NormalisedBox } from "../../events";
import { polygonArea, polygonContains, polygonMeetsBox, type Point } from "./polygon";

/** A named part of the image: a polygon, concave or not, in 0..1 of the image, origin at the top left. */
export interface Zone {
  name: string;
  points: readonly Point[];
}

/**
 * The tests for an object in a zone: the middle of the lower edge of its box, for people and vehicles seen from above,
 * or any overlap of its box with the zone.
 */
export const zoneTests = ["bottomCentre", "overlap"] as const;
export type ZoneTest = (typeof zoneTests)[number];

/** Each object of each frame is tested against each zone. Users draw fewer zones by hand. */
const MAX_ZONES = 32;
const MAX_POINTS = 200;

/** Tells whether an object with this box is in a zone. */
export function isInZone(box: NormalisedBox, zone: Zone, test: ZoneTest): boolean {
  if (test === "overlap") return polygonMeetsBox(zone.points, box);
  return polygonContains(zone.points, [box.x + box.width / 2, box.y + box.height]);
}

/**
 * Reads zones from a config property or a message: `[{name, points: [[x, y], …]}]` or the same as JSON text; none if
 * blank. A zone without a name gets its number as name.
 *
 * @throws {SurveillanceError} CONFIG_INVALID, naming the zone and its error
 */
export function parseZones(value: unknown): Zone[] {
  const list = typeof value === "string" ? parseJson(value) : (value ?? []);
  if (!Array.isArray(list)) throw invalid("zones must be an array of {name, points}.");
  if (list.length > MAX_ZONES) throw invalid(`there are ${list.length} zones: the limit is ${MAX_ZONES}.`);
  const zones = list.map((zone: unknown, index) => parseZone(zone, index + 1));
  for (const [index, { name }] of zones.entries()) {
    if (zones.findIndex((other) => other.name === name) !== index)
      throw invalid(`two zones have the name "${name}".`);
  }
  return zones;
}

function parseJson(text: string): unknown {
  if (text.trim() === "") return [];
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SurveillanceError("CONFIG_INVALID", "The zones are not valid JSON.", { cause });
  }
}

function parseZone(value: unknown, number: number): Zone {
  const { name: given, points } = (value ?? {}) as Partial<Record<"name" | "points", unknown>>;
  const name = typeof given === "string" && given.trim() !== "" ? given.trim() : `zone ${number}`;
  const invalidZone = (reason: string): SurveillanceError => invalid(`zone "${name}" ${reason}`);

  if (!Array.isArray(points)) throw invalidZone("has no points: it needs an array of [x, y] pairs.");
  if (points.length < 3) throw invalidZone(`has ${points.length} points: a polygon needs at least 3.`);
  if (points.length > MAX_POINTS)
    throw invalidZone(`has ${points.length} points: the limit is ${MAX_POINTS}.`);
  const polygon = points.map((point: unknown, index) => {
    if (!isPoint(point))
      throw invalidZone(`has an invalid point ${index + 1}: use [x, y] with numbers from 0 to 1.`);
    return point;
  });
  if (polygonArea(polygon) < 1e-6)
    throw invalidZone("has no area: its points lie on a line or its edges cross.");
  return { name, points: polygon };
}

function isPoint(value: unknown): value is Point {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((part) => typeof part === "number" && part >= 0 && part <= 1)
  );
}

function invalid(reason: string): SurveillanceError {
  return new SurveillanceError("CONFIG_INVALID", `Invalid zones: ${reason}`);
}
