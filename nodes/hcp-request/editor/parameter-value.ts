import type { Parameter } from "../../../src/hcp/catalogue/types";

/** What stands in a field for a value: lists of texts with commas, all else that is no text as JSON. */
export function writeField(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  const isPlainList = Array.isArray(value) && value.every((each) => typeof each === "string");
  return isPlainList ? value.join(", ") : JSON.stringify(value);
}

/**
 * The value that somebody meant; undefined for an empty field, an Error for what cannot be read.
 *
 * @param example what the guide's example has: where that is an empty text, an empty field is one, too
 */
export function readField({ type, items }: Parameter, text: string, example?: unknown): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return example === "" ? "" : undefined;
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return trimmed === "true";
    case "number": {
      const number = Number(trimmed);
      // An environment variable, for example: the runtime says what is wrong with the rest.
      return Number.isNaN(number) ? trimmed : number;
    }
    case "array":
      if (trimmed.startsWith("[") || items?.type === "object") return fromJson(trimmed);
      return trimmed
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "")
        .map((part) => (items?.type === "number" && !Number.isNaN(Number(part)) ? Number(part) : part));
    case "object":
      return fromJson(trimmed);
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  }
}
