import { listOf as objectsOf, numberIn } from "../core/fields";

/**
 * Lenient readers for what the platform sends: numbers as text and text as numbers, an object as an array of one or as
 * JSON text, and the word `null` for nothing. A value that is absent or nothing is undefined.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** Text without surrounding blanks. `{}`, which some versions send for "none", is not text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text === "null" ? undefined : text;
}

export function numberOf(value: unknown): number | undefined {
  return numberIn(textOf(value));
}

/** An object, the first object of an array, or either as JSON text. */
export function fieldsOf(value: unknown): Fields | undefined {
  return listOf(value)[0];
}

/** The objects of an array; a single object counts as an array of one. Also as JSON text. */
export function listOf(value: unknown): Fields[] {
  return objectsOf(typeof value === "string" ? parseJson(value) : value);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An object without the members that are undefined. */
export function present<Value>(members: Record<string, Value | undefined>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}

/** The meaning of a code; a code without one stays as it is. */
export function meaningOf(value: unknown, meanings: Readonly<Record<string, string>>): string | undefined {
  const code = textOf(value);
  return code === undefined ? undefined : (meanings[code] ?? code);
}
