import type { NormalisedBox } from "../../events";
import { boxAround, readPoints, type PicturePoint } from "../documents/image-regions";
import { isFields, listOf, numberOf, textOf, type Fields } from "../documents/fields";
import { temperatureUnit, toCelsius } from "../thermal/temperature";

/** What of a region a temperature is. */
export type TemperatureProperty = "highest" | "lowest" | "average";

export interface MetadataTarget {
  /** The rule of the camera that measured it. */
  rule?: string;
  /** Polygons, lines and single points. */
  regions: PicturePoint[][];
  /** Around its regions, where they are more than a point. */
  box?: NormalisedBox;
  /** °C; absent where the camera sends none, or in a unit nobody knows. */
  temperature?: number;
  property?: TemperatureProperty;
  /** As the camera sent it, in `celsius`, `fahrenheit`, `kelvin`, or in what it names. */
  original?: { temperature: number; unit: string };
  /** Metres, to a fire. */
  distance?: number;
  /** All that the camera says of it, verbatim. */
  properties: Record<string, string>;
}

const MAX_TARGETS = 1000;

/** The targets of a `TargetList`. Source: thermal guide, chapter "Metadata". */
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

/** `<Property><description>tempValue</description><value>30</value></Property>`, one after the other. */
function readProperties(list: unknown): Record<string, string> {
  const entries = listOf(isFields(list) ? list.Property : undefined).flatMap((property) => {
    const name = textOf(property, "description");
    return name === undefined ? [] : [[name, textOf(property, "value") ?? ""] as const];
  });
  return Object.fromEntries(entries);
}
