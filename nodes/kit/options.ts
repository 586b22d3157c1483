import { SurveillanceError } from "../../src/core/errors";

/**
 * Normalisers for what a config property or a message field holds. Numbers and booleans arrive as text when they were
 * typed in or came from an `${ENV}` substitution, so nothing else in nodes/ reads them directly.
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

/** For a message, which has to stay readable whatever came: a picture in the place of a number, for example. */
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

/** @throws {SurveillanceError} CONFIG_INVALID, naming the setting, when the value is no number of that range */
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

/** `true`, `"true"`, `1`, `"on"`, `"yes"` and their opposites; blank is the fallback. */
export function booleanOption(name: string, value: unknown, fallback: boolean): boolean {
  if (isBlank(value)) return fallback;
  if (typeof value === "boolean") return value;
  const text = describe(value).replaceAll('"', "").trim().toLowerCase();
  if (["true", "1", "on", "yes"].includes(text)) return true;
  if (["false", "0", "off", "no"].includes(text)) return false;
  throw new SurveillanceError("CONFIG_INVALID", `${name} is ${shown(value)}: it must be true or false.`);
}

/** Text without surrounding blanks; blank is undefined. */
export function textOption(value: unknown): string | undefined {
  if (isBlank(value)) return undefined;
  return typeof value === "string" ? value.trim() : describe(value);
}

/** One of a closed list; blank is the fallback. */
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

/** A comma-separated text or an array, as trimmed, non-empty texts. */
export function listOption(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : (textOption(value) ?? "").split(",");
  return items.map((item) => textOption(item)).filter((item) => item !== undefined);
}

const units: Record<string, number> = { "": 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 };

/** A number of bytes, or text with a unit (`500 MB`, `5mb`); blank is undefined. */
export function bytesOption(name: string, value: unknown): number | undefined {
  const text = textOption(value);
  if (text === undefined) return undefined;
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmgt]?b?)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN));
  if (!(bytes > 0)) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `${name} is "${text}": it must be a size like 500 MB or 20 GB.`,
    );
  }
  return bytes;
}
