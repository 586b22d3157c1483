/** The words of a request check for values. */
import type { AllowedValue, ParameterType, ValueShape } from "../catalogue/types";

const typeNames: Record<ParameterType, string> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  array: "an array",
};

/** Returns the expected value in words: `a number from 1 to 500`. */
export function expected(shape: ValueShape): string {
  if (shape.format === "time") return "a time such as 2018-08-15T00:00:00+08:00";
  if (shape.values) return `${shape.separator === undefined ? "one of" : "of"} ${listed(shape.values)}`;
  return [typeNames[shape.type], ...range(shape), ...length(shape), ...count(shape)].join(" ");
}

function listed(values: readonly AllowedValue[]): string {
  return values.map(({ value, meaning }) => `${JSON.stringify(value)} (${meaning})`).join(", ");
}

function range({ min, max }: ValueShape): string[] {
  if (min !== undefined && max !== undefined) return [`from ${min} to ${max}`];
  if (min !== undefined) return [`from ${min}`];
  return max === undefined ? [] : [`up to ${max}`];
}

function length({ minLength = 0, maxLength }: ValueShape): string[] {
  if (maxLength !== undefined) return [`of ${minLength} to ${maxLength} characters`];
  return minLength > 0 ? ["that is not empty"] : [];
}

function count({ type, separator, minItems = 0, maxItems }: ValueShape): string[] {
  const lists = type === "array" ? "with" : "with, separated by commas,";
  if (maxItems !== undefined) {
    return [
      `${lists} ${minItems === maxItems ? "exactly" : "at most"} ${maxItems} ${maxItems === 1 ? "entry" : "entries"}`,
    ];
  }
  return separator === undefined ? [] : ["separated by commas"];
}

/** Returns a short description of the given value: a text may be a whole image. */
export function described(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return `a value of type ${typeof value}`;
  return value.length > 40 ? `a text of ${value.length} characters` : JSON.stringify(value);
}
