/** An object of unknown shape from outside: decoded JSON or XML, or a message of a flow. */
export type Fields = Record<string, unknown>;

/** Returns a copy without the fields that are undefined. */
export function definedFields<Value>(
  fields: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, Value] => field[1] !== undefined),
  );
}

/** Tells whether a value is an object with fields, not an array or null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns an object's own field; undefined for a name that all objects inherit, such as `constructor`. */
export function ownField<Value>(fields: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Returns the first of the named fields that holds non-empty text, a number or a boolean, as text. */
export function textOf(fields: unknown, ...names: string[]): string | undefined {
  if (!isFields(fields)) return undefined;
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** Returns the result of {@link textOf} as a number; undefined if it is not a finite number. */
export function numberOf(fields: unknown, ...names: string[]): number | undefined {
  return numberIn(textOf(fields, ...names));
}

/** Parses a whole text as a finite number; returns undefined for blank and other text. */
export function numberIn(text: string | undefined): number | undefined {
  const number = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Returns the objects of an array. One object counts as an array of one, any other value as an empty array. */
export function listOf(value: unknown): Fields[] {
  if (Array.isArray(value)) return value.filter(isFields);
  return isFields(value) ? [value] : [];
}
