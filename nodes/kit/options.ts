import { SurveillanceError } from "../../src/core/errors";

/**
 * Parsers for config properties and message fields. Numbers and booleans arrive as text if they were typed in or come
 * from an `${ENV}` substitution, so no other code in nodes/ reads them directly.
 */

export interface NumberRange {
  min?: number;
  max?: number;
  integer?: boolean;
}

function isBlank(value: unknown): value is undefined | null | "" {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

function describe(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : JSON.stringify(value);
}

const MAX_SHOWN = 100;

/** Formats a value for a message, shortened: it may be an image instead of a number. */
function shown(value: unknown): string {
  const text = describe(Buffer.isBuffer(value) ? value.subarray(0, MAX_SHOWN) : value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function rangeText({ min, max, integer }: NumberRange): string {
  const kind = integer === true ? "a whole number" : "a number";
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  if (min !== undefined) return `${kind} of at least ${min}`;
  if (max !== undefined) return `${kind} of at most ${max}`;
  return kind;
}

/** Parses a number. @throws {SurveillanceError} CONFIG_INVALID, naming the setting, if it is not in the range */
export function numberOption(name: string, value: unknown, range: NumberRange = {}): number | undefined {
  if (isBlank(value)) return undefined;
  const number = typeof value === "boolean" ? Number.NaN : Number(value);
  const fits =
    Number.isFinite(number) &&
    number >= (range.min ?? -Infinity) &&
    number <= (range.max ?? Infinity) &&
    (range.integer !== true || Number.isInteger(number));
  if (!fits)
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `${name} is ${shown(value)}: it must be ${rangeText(range)}.`,
    );
  return number;
}

/** Parses `true`, `"true"`, `1`, `"on"`, `"yes"` and their opposites. Blank means the fallback. */
export function booleanOption(name: string, value: unknown, fallback: boolean): boolean {
  if (isBlank(value)) return fallback;
  if (typeof value === "boolean") return value;
  const text = describe(value).replaceAll('"', "").trim().toLowerCase();
  if (["true", "1", "on", "yes"].includes(text)) return true;
  if (["false", "0", "off", "no"].includes(text)) return false;
  throw new SurveillanceError("CONFIG_INVALID", `${name} is ${shown(value)}: it must be true or false.`);
}

/** Returns a text without surrounding blanks; undefined for blank. */
export function textOption(value: unknown): string | undefined {
  if (isBlank(value)) return undefined;
  return typeof value === "string" ? value.trim() : describe(value);
}

/** Checks a value from a closed list. Blank means the fallback. */
export function choiceOption<const Choice extends string>(
  name: string,
  value: unknown,
  choices: readonly Choice[],
  fallback: NoInfer<Choice>,
): Choice {
  if (isBlank(value)) return fallback;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `${name} is ${shown(value)}: it must be one of ${choices.join(", ")}.`,
    );
  }
  return choice;
}

/** Splits a comma-separated text or an array into trimmed, non-empty texts. */
export function listOption(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : (textOption(value) ?? "").split(",");
  return items.map((item) => textOption(item)).filter((item) => item !== undefined);
}

const units: Record<string, number> = { "": 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 };

/** Parses a number of bytes, or a text with a unit (`500 MB`, `5mb`). Blank means undefined. */
export function bytesOption(name: string, value: unknown): number | undefined {
  const text = textOption(value);
  if (text === undefined) return undefined;
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmgt]?b?)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN));
  if (!(bytes > 0)) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `${name} is "${text}": it must be a size, for example 500 MB or 20 GB.`,
    );
  }
  return bytes;
}
