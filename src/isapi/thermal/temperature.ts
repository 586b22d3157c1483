export type TemperatureUnit = "celsius" | "fahrenheit" | "kelvin";

/** Numbers in JSON, words in XML and metadata; devices differ. Source: thermal guide, alarms and metadata. */
const units: readonly (readonly [RegExp, TemperatureUnit])[] = [
  [/^(0|(degree)?(celsius|centigrade))$/i, "celsius"],
  [/^(1|(degree)?fahrenheit)$/i, "fahrenheit"],
  [/^(2|(degree)?kelvin)$/i, "kelvin"],
];

/** What a device calls a unit; undefined where nobody knows it. */
export function temperatureUnit(text: string | undefined): TemperatureUnit | undefined {
  return units.find(([pattern]) => pattern.test(text?.trim() ?? ""))?.[1];
}

const ABSOLUTE_ZERO = -273.15;
const FAHRENHEIT_ZERO = 32;
const FAHRENHEIT_STEP = 5 / 9;

export function toCelsius(value: number, unit: TemperatureUnit): number {
  if (unit === "kelvin") return tidy(value + ABSOLUTE_ZERO);
  return unit === "fahrenheit" ? tidy((value - FAHRENHEIT_ZERO) * FAHRENHEIT_STEP) : value;
}

/** A difference has no zero to be moved. */
export function differenceToCelsius(value: number, unit: TemperatureUnit): number {
  return unit === "fahrenheit" ? tidy(value * FAHRENHEIT_STEP) : value;
}

/** Cameras measure to a tenth: what a conversion adds behind the hundredths is noise. */
function tidy(value: number): number {
  return Math.round(value * 100) / 100;
}
