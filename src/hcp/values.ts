import { listOf as objectsOf, numberIn, ownField } from "../core/fields";
import { parseForeignJson } from "../core/json";

/**
 * Lenient readers for the platform's values. It sends numbers as text, text as numbers, an object as an array of one or
 * as JSON text, and the word `null` for nothing. An absent or empty value is undefined.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** Returns text without surrounding spaces. `{}`, which some versions send for "none", is not text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text === "null" ? undefined : text;
}

export function numberOf(value: unknown): number | undefined {
  return numberIn(textOf(value));
}

/** Returns an object, the first object of an array, or either from JSON text. */
export function fieldsOf(value: unknown): Fields | undefined {
  return listOf(value)[0];
}

/** Returns the objects of an array, also from JSON text. A single object counts as an array of one. */
export function listOf(value: unknown): Fields[] {
  return objectsOf(typeof value === "string" ? parseJson(value) : value);
}

/** Parses JSON; undefined if it is not JSON or nested too deeply. */
export function parseJson(text: string): unknown {
  try {
    return parseForeignJson(text);
  } catch {
    return undefined;
  }
}

/** Returns the meaning of a code. A code without a meaning stays as it is. */
export function meaningOf(value: unknown, meanings: Readonly<Record<string, string>>): string | undefined {
  const code = textOf(value);
  return code === undefined ? undefined : (ownField(meanings, code) ?? code);
}
