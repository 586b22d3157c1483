import { SurveillanceError } from "../../core/errors";
import { definedFields, isFields, listOf, numberOf, ownField, textOf, type Fields } from "../../core/fields";
import { parseForeignJson } from "../../core/json";
import { differenceToCelsius, temperatureUnit, toCelsius, type TemperatureUnit } from "./temperature";

export interface Point {
  /** 0..1 of the image, from the left and from the top. */
  x: number;
  y: number;
}

/** The temperatures of one rule. Values that the device does not send are absent. */
export interface Temperatures {
  temperature?: number;
  max?: number;
  min?: number;
  average?: number;
  difference?: number;
}

export interface ThermalReading {
  rule: { id?: string; name?: string; type?: "point" | "region" | "line" };
  /** The camera's preset of the rule. */
  preset?: number;
  /** °C; absent if the device sends an unknown unit. */
  temperatures?: Temperatures;
  /** The values of the device, in `celsius`, `fahrenheit`, `kelvin`, or the device's name of the unit. */
  original: Temperatures & { unit: string };
  highestPoint?: Point;
  lowestPoint?: Point;
  /** ISO 8601, from the device's clock. */
  time?: string;
  /** True while the camera calibrates: the image is frozen, and the values are old. */
  frozen?: boolean;
}

const ruleTypes: Readonly<Record<string, ThermalReading["rule"]["type"]>> = {
  0: "point",
  1: "region",
  2: "line",
};
const MAX_READINGS = 1000;

/**
 * Reads a `ThermometryUploadList` of the real-time stream. Source: thermal guide; units 0, 1, 2 are °C, °F, K.
 *
 * @throws {SurveillanceError} ISAPI_REPLY for another document
 */
export function readUpload(json: string): ThermalReading[] {
  const list = parse(json).ThermometryUploadList;
  if (!isFields(list)) throw unreadable("there is no ThermometryUploadList");
  return listOf(list.ThermometryUpload).slice(0, MAX_READINGS).map(readRule);
}

function readRule(upload: Fields): ThermalReading {
  const area = upload.LinePolygonThermCfg;
  const type = ownField(ruleTypes, textOf(upload, "ruleCalibType") ?? "");
  const preset = numberOf(upload, "presetNo");
  const seconds = numberOf(upload, "absTime");
  const point = type === "point" || type === undefined ? upload.PointThermCfg : undefined;
  return withUnit(textOf(upload, "thermometryUnit"), {
    rule: ruleOf(textOf(upload, "ruleID"), textOf(upload, "ruleName"), type),
    ...(preset === undefined || preset === 0 ? {} : { preset }),
    original: definedFields({
      temperature: numberOf(point, "temperature", "Temperature"),
      max: numberOf(area, "MaxTemperature"),
      min: numberOf(area, "MinTemperature"),
      average: numberOf(area, "AverageTemperature"),
      difference: numberOf(area, "TemperatureDiff"),
    }),
    ...points(upload.HighestPoint, upload.LowestPoint),
    ...(seconds === undefined || seconds <= 0 || seconds > 1e11
      ? {}
      : { time: new Date(seconds * 1000).toISOString() }),
    ...frozen(upload),
  });
}

/**
 * Reads a `ThermometryRulesTemperatureInfoList`: the current temperatures of all rules.
 *
 * @param unit the channel's unit; the list does not contain it
 * @throws {SurveillanceError} ISAPI_REPLY for another document
 */
export function readRulesInfo(json: string, unit: string | undefined): ThermalReading[] {
  const list = parse(json).ThermometryRulesTemperatureInfoList;
  if (!isFields(list)) throw unreadable("there is no ThermometryRulesTemperatureInfoList");
  return listOf(list.ThermometryRulesTemperatureInfo)
    .slice(0, MAX_READINGS)
    .map((rule) =>
      withUnit(unit, {
        rule: ruleOf(textOf(rule, "id"), textOf(rule, "ruleName", "name"), undefined),
        original: definedFields({
          max: numberOf(rule, "maxTemperature"),
          min: numberOf(rule, "minTemperature"),
          average: numberOf(rule, "averageTemperature"),
        }),
        ...points(rule.MaxTemperaturePoint, rule.MinTemperaturePoint),
        ...frozen(rule),
      }),
    );
}

function withUnit(
  text: string | undefined,
  reading: Omit<ThermalReading, "original" | "temperatures"> & { original: Temperatures },
): ThermalReading {
  const unit = temperatureUnit(text);
  const { rule, original, ...rest } = reading;
  return {
    rule,
    ...(unit === undefined ? {} : { temperatures: inCelsius(original, unit) }),
    original: { ...original, unit: unit ?? text ?? "unknown" },
    ...rest,
  };
}

function inCelsius(original: Temperatures, unit: TemperatureUnit): Temperatures {
  const entries = (Object.entries(original) as [keyof Temperatures, number][]).map(([name, value]) => [
    name,
    name === "difference" ? differenceToCelsius(value, unit) : toCelsius(value, unit),
  ]);
  return Object.fromEntries(entries) as Temperatures;
}

function ruleOf(
  id: string | undefined,
  name: string | undefined,
  type: ThermalReading["rule"]["type"],
): ThermalReading["rule"] {
  return { ...(id && { id }), ...(name && { name }), ...(type && { type }) };
}

function points(highest: unknown, lowest: unknown): { highestPoint?: Point; lowestPoint?: Point } {
  const [highestPoint, lowestPoint] = [highest, lowest].map(readPoint);
  return { ...(highestPoint && { highestPoint }), ...(lowestPoint && { lowestPoint }) };
}

function readPoint(point: unknown): Point | undefined {
  const [x, y] = [numberOf(point, "positionX"), numberOf(point, "positionY")];
  return x === undefined || y === undefined ? undefined : { x, y };
}

function frozen(fields: Fields): { frozen?: boolean } {
  return textOf(fields, "isFreezedata") === "true" ? { frozen: true } : {};
}

function parse(json: string): Fields {
  try {
    const value: unknown = parseForeignJson(json.replace(/^\uFEFF/, ""));
    if (isFields(value)) return value;
  } catch {
    // Reported below.
  }
  throw unreadable("not a JSON object");
}

function unreadable(why: string): SurveillanceError {
  return new SurveillanceError("ISAPI_REPLY", `The device's temperatures cannot be read: ${why}.`);
}
