import type { EventTarget } from "../../../events";
import { commonType } from "../../documents/event-types";
import {
  boxAround,
  readBox,
  readPoints,
  regionEntries,
  type ImagePoint,
} from "../../documents/image-regions";
import { definedFields, isFields, listOf, numberOf, textOf, type Fields } from "../../../core/fields";
import { differenceToCelsius, temperatureUnit, toCelsius } from "../../thermal/temperature";

const alarmNames: readonly string[] = ["TMA", "TMPA", "TPMA", "TDA"];
/** Pre-alarms. The guide has two spellings. */
const warnings: ReadonlySet<string> = new Set(["TMPA", "TPMA"]);

/** The spelling depends on the device. */
const differenceFields = ["currTemperatureDiff", "curTemperatureDiff"];
const currentFields = ["currTemperature", ...differenceFields];
const thresholdFields = ["ruleTemperature", "ruleTemperatureDiff", "alarmTemperature"];

/**
 * Returns the targets of a thermal camera: fires, smoke, and areas that are too hot, too cold, or too different. The
 * values are in each region, in an element of it with the name of the alarm, or next to the regions. Temperatures are
 * in °C if the device's unit is known. `original` has the values as sent. Source: thermal guide, special events.
 *
 * @param vendorType `TMA` is an alarm, `TMPA` (or `TPMA`) a pre-alarm
 */
export function readThermal(alert: Fields, vendorType: string): EventTarget[] {
  const regions = regionEntries(alert);
  const found = regions.flatMap((region) => readEntry(region, vendorType));
  return found.length > 0 ? found : readEntry(alert, vendorType, regions[0]);
}

/** Tells whether a rule compares two areas, or the hottest and the coldest point of one area. */
export function isDifference({ attributes }: EventTarget): boolean {
  return attributes?.difference !== undefined || /diff/i.test(textOf(attributes, "ruleType") ?? "");
}

function readEntry(entry: Fields, vendorType: string, region = entry): EventTarget[] {
  if (isFields(entry.FireDetection) || numberOf(entry, "fireMaxTemperature") !== undefined) {
    return [fireTarget(isFields(entry.FireDetection) ? entry.FireDetection : entry, region)];
  }
  if (isFields(entry.SmokeDetection)) return [smokeTarget(entry.SmokeDetection, region)];
  const name = alarmNames.find((each) => isFields(entry[each]));
  const values = name === undefined ? entry : (entry[name] as Fields);
  const isMeasured = ["ruleType", ...thresholdFields, ...currentFields].some(
    (field) => textOf(values, field) !== undefined,
  );
  if (!isMeasured) return [];
  const alarm = alarmNames.includes(vendorType) ? vendorType : (name ?? vendorType);
  return [temperatureTarget(values, region, alarm)];
}

function fireTarget(fire: Fields, region: Fields): EventTarget {
  const distance = numberOf(fire, "targetDistance");
  const unit = textOf(fire, "temperatureUnit", "thermometryUnit");
  return target("fire", readBox(fire.FireRegion ?? fire.fireRegion), region, {
    ...inCelsius({ temperature: numberOf(fire, "fireMaxTemperature") }, unit, false),
    // Metres; -1 if the camera cannot measure it.
    distance: distance !== undefined && distance >= 0 ? distance : undefined,
    highestPoint: readPoints(fire.HighestPoint ?? fire.highestPoint)[0],
    regionId: textOf(region, "regionID"),
  });
}

function smokeTarget(smoke: Fields, region: Fields): EventTarget {
  return target("smoke", readBox(smoke.SmokeRegion), region, { regionId: textOf(region, "regionID") });
}

function temperatureTarget(values: Fields, region: Fields, alarm: string): EventTarget {
  const ruleType = textOf(values, "ruleType");
  const isDiff =
    commonType(alarm) === "temperatureDifference" ||
    textOf(values, ...differenceFields) !== undefined ||
    /diff/i.test(ruleType ?? "");
  const current = numberOf(values, ...currentFields);
  const threshold = numberOf(values, ...thresholdFields);
  const preset = numberOf(values, "presetNo");
  const compared = comparedRegions(region);
  const rule = definedFields({
    id: textOf(values, "ruleID") ?? textOf(region, "ruleID", "regionID"),
    name: textOf(values, "ruleName", "name") ?? textOf(region, "ruleName"),
    type: textOf(values, "ruleCalibType"),
  });
  return target("temperature", undefined, region, {
    level: warnings.has(alarm) ? "warning" : "alarm",
    rule: Object.keys(rule).length === 0 ? undefined : rule,
    ruleType,
    alarmType: textOf(values, "alarmType"),
    alarmRule: textOf(values, "alarmRule"),
    ...inCelsius({ [isDiff ? "difference" : "temperature"]: current, threshold }, unitOf(values), isDiff),
    highestPoint: readPoints(values.HighestPoint ?? values.MaximumTemperaturePoint)[0],
    preset: preset !== undefined && preset > 0 ? preset : undefined,
    compared: compared.length === 0 ? undefined : compared,
  });
}

/** Returns the two compared areas, if the device sends them. */
function comparedRegions(region: Fields): { id?: string; region: ImagePoint[] }[] {
  const list = region.AlarmRuleList;
  return listOf(isFields(list) ? (list.AlarmRule ?? list) : list)
    .map((rule) => (isFields(rule.AlarmRule) ? rule.AlarmRule : rule))
    .map((rule) => {
      const id = textOf(rule, "alarmID", "ruleID", "id");
      return { ...(id === undefined ? {} : { id }), region: readPoints(rule.RegionCoordinatesList) };
    });
}

function unitOf(values: Fields): string | undefined {
  return textOf(values, "thermometryUnit", "temperatureUnit");
}

/** Returns the values in °C and as sent. The threshold of a difference is a difference, too. */
function inCelsius(
  values: Record<string, number | undefined>,
  unitText: string | undefined,
  isDiff: boolean,
) {
  const original = definedFields(values);
  if (Object.keys(original).length === 0) return {};
  const unit = temperatureUnit(unitText);
  const convert = isDiff ? differenceToCelsius : toCelsius;
  const celsius =
    unit === undefined
      ? {}
      : Object.fromEntries(Object.entries(original).map(([name, value]) => [name, convert(value, unit)]));
  return { ...celsius, original: { ...original, unit: unit ?? unitText ?? "unknown" } };
}

function target(
  label: string,
  rect: EventTarget["box"],
  region: Fields,
  attributes: Record<string, unknown>,
): EventTarget {
  const points = readPoints(region.RegionCoordinatesList);
  const box = rect ?? readBox(region.TargetRect) ?? boxAround(points);
  return {
    label,
    ...(box === undefined ? {} : { box }),
    attributes: definedFields({ ...attributes, region: points.length === 0 ? undefined : points }),
  };
}
