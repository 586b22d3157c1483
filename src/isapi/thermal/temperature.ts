export type TemperatureUnit = "celsius" | "fahrenheit" | "kelvin";

/** Numbers in JSON, words in XML and metadata. Source: thermal guide, alarms and metadata. */
const units: readonly (readonly [RegExp, TemperatureUnit])[] = [
  [/^(0|(degree)?(celsius|centigrade))$/i, "celsius"],
  [/^(1|(degree)?fahrenheit)$/i, "fahrenheit"],
  [/^(2|(degree)?kelvin)$/i, "kelvin"],
];

/** Reads a device's name for a unit; undefined for an unknown one. */
export function temperatureUnit(text: string | undefined): TemperatureUnit | undefined {
  return units.find(([pattern]) => pattern.test(text?.trim() ?? ""))?.[1];
}

/** °C */
export const ABSOLUTE_ZERO = -273.15;
const FAHRENHEIT_ZERO = 32;
const FAHRENHEIT_STEP = 5 / 9;

export function toCelsius(value: number, unit: TemperatureUnit): number {
  if (unit === "kelvin") return rounded(value + ABSOLUTE_ZERO);
  return unit === "fahrenheit" ? rounded((value - FAHRENHEIT_ZERO) * FAHRENHEIT_STEP) : value;
}

/** Converts a difference: it is scaled, but not shifted. */
export function differenceToCelsius(value: number, unit: TemperatureUnit): number {
  return unit === "fahrenheit" ? rounded(value * FAHRENHEIT_STEP) : value;
}

/** Rounds to hundredths: cameras measure tenths, and conversions and float32 add noise. */
export function rounded(value: number): number {
  const hundredths = Math.round(value * 100);
  // A value beyond all temperatures has no hundredths.
  return Number.isFinite(hundredths) ? hundredths / 100 : value;
}
