import { groupBy } from "../../core/group-by";
import type { ThermalReading } from "../thermal/readings";
import type { MetadataTarget, TemperatureProperty } from "./target";

const fieldOf = { highest: "max", lowest: "min", average: "average" } as const;

/**
 * A camera sends the highest, lowest and average temperature of a rule as three targets: here they are together again,
 * as the other ways of asking for temperatures give them.
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
