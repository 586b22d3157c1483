import { groupBy } from "../../core/group-by";
import type { NormalisedBox } from "../../events";
import { boxAround, readPoints, type ImagePoint } from "../documents/image-regions";
import { isFields, listOf, numberOf, textOf, type Fields } from "../../core/fields";
import type { ThermalReading } from "../thermal/readings";
import { temperatureUnit, toCelsius } from "../thermal/temperature";

/** The kind of temperature that a target holds for its region. */
type TemperatureProperty = "highest" | "lowest" | "average";

export interface MetadataTarget {
  /** The id of the camera's rule. */
  rule?: string;
  /** Polygons, lines and single points. */
  regions: ImagePoint[][];
  /** The box around the regions; absent for a single point. */
  box?: NormalisedBox;
  /** °C; absent if the camera sends none, or an unknown unit. */
  temperature?: number;
  property?: TemperatureProperty;
  /** The camera's value, in `celsius`, `fahrenheit`, `kelvin`, or the camera's name of the unit. */
  original?: { temperature: number; unit: string };
  /** Distance to a fire in metres. */
  distance?: number;
  /** All properties, unchanged. */
  properties: Record<string, string>;
}

const MAX_TARGETS = 1000;

/** Reads the targets of a `TargetList`. Source: thermal guide, chapter "Metadata". */
export function readTargets(list: unknown): MetadataTarget[] {
  return listOf(isFields(list) ? list.Target : undefined)
    .slice(0, MAX_TARGETS)
    .map(readTarget);
}

function readTarget(target: Fields): MetadataTarget {
  const properties = readProperties(target.PropertyList);
  const list = target.RegionList;
  const regions = listOf(isFields(list) ? list.Region : undefined).map(({ Point }) => readPoints(Point));
  const box = boxAround(regions.flat());
  const rule = textOf(target, "ruleID");
  const distance = numberOf(properties, "distance");
  return {
    ...(rule !== undefined && { rule }),
    regions,
    ...(box && { box }),
    ...readTemperature(properties),
    ...(distance !== undefined && { distance }),
    properties,
  };
}

function readTemperature(
  properties: Record<string, string>,
): Pick<MetadataTarget, "temperature" | "property" | "original"> {
  const value = numberOf(properties, "tempValue");
  if (value === undefined) return {};
  const unit = temperatureUnit(properties.tempUnit);
  const property = ["highest", "lowest", "average"].find(
    (name) => name === properties.tempProperty?.toLowerCase(),
  );
  return {
    ...(unit !== undefined && { temperature: toCelsius(value, unit) }),
    ...(property !== undefined && { property: property as TemperatureProperty }),
    original: { temperature: value, unit: unit ?? properties.tempUnit ?? "unknown" },
  };
}

/** Reads a list of `<Property><description>tempValue</description><value>30</value></Property>`. */
function readProperties(list: unknown): Record<string, string> {
  const entries = listOf(isFields(list) ? list.Property : undefined).flatMap((property) => {
    const name = textOf(property, "description");
    // A field __proto__ would set the prototype of a copy.
    return name === undefined || name === "__proto__"
      ? []
      : [[name, textOf(property, "value") ?? ""] as const];
  });
  return Object.fromEntries(entries);
}

const fieldOf = { highest: "max", lowest: "min", average: "average" } as const;

/**
 * Joins the highest, lowest and average temperature of each rule to one reading, the form of all other thermometry. A
 * camera sends them as three targets.
 */
export function readingsOf(targets: readonly MetadataTarget[]): ThermalReading[] {
  const measured = targets.filter(({ original }) => original !== undefined);
  return [...groupBy(measured, ({ rule }) => rule)].map(([id, ofRule]) => readingOf(id, ofRule));
}

function readingOf(id: string | undefined, measured: readonly MetadataTarget[]): ThermalReading {
  const named = measured.map((target) => [fieldName(target.property), target] as const);
  const celsius = named.flatMap(([name, { temperature }]) =>
    temperature === undefined ? [] : [[name, temperature] as const],
  );
  const originals = named.map(([name, { original }]) => [name, original?.temperature] as const);
  const [highestPoint, lowestPoint] = (["highest", "lowest"] as const).map((property) =>
    pointOf(measured, property),
  );
  return {
    rule: { ...(id !== undefined && { id }) },
    ...(celsius.length > 0 && { temperatures: Object.fromEntries(celsius) }),
    original: { ...Object.fromEntries(originals), unit: measured[0]?.original?.unit ?? "unknown" },
    ...(highestPoint && { highestPoint }),
    ...(lowestPoint && { lowestPoint }),
  };
}

function fieldName(property: TemperatureProperty | undefined): "max" | "min" | "average" | "temperature" {
  return property === undefined ? "temperature" : fieldOf[property];
}

function pointOf(
  measured: readonly MetadataTarget[],
  property: TemperatureProperty,
): ThermalReading["highestPoint"] {
  const points = measured.find((target) => target.property === property)?.regions.flat() ?? [];
  return points.length === 1 ? points[0] : undefined;
}
