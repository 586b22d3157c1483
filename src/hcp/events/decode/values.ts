/**
 * Lenient readers: the platform sends numbers as text and text as numbers, objects as arrays of one and as JSON text, and
 * the word `null` for nothing. What is not there, or is nothing, is undefined.
 */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text without surrounding blanks. `{}`, which some versions send for "none", is none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text === "null" ? undefined : text;
}

export function numberOf(value: unknown): number | undefined {
  const text = textOf(value);
  const number = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** An object, the first of an array, or either as JSON text. */
export function fieldsOf(value: unknown): Fields | undefined {
  return listOf(value)[0];
}

/** The objects of an array; a single one counts as an array of one. Also as JSON text. */
export function listOf(value: unknown): Fields[] {
  const parsed = typeof value === "string" ? parseJson(value) : value;
  return (Array.isArray(parsed) ? (parsed as unknown[]) : [parsed]).filter(isFields);
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
