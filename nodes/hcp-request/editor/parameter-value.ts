import type { Parameter } from "../../../src/hcp/catalogue/types";

/** Returns the text of a field for a value: lists of texts with commas, other values except texts as JSON. */
export function writeField(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  const isPlainList = Array.isArray(value) && value.every((each) => typeof each === "string");
  return isPlainList ? value.join(", ") : JSON.stringify(value);
}

/**
 * Returns the value of the text in a field; undefined for an empty field, an Error for an unreadable text.
 *
 * @param example the value in the guide's example: if it is an empty text, an empty field means an empty text
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
      // The text may be an environment variable. The runtime reports other texts.
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
