/** Reads what came from outside without knowing its shape: decoded JSON or XML, or a message of a flow. */
export type Fields = Record<string, unknown>;

/** @returns the fields that have a value: what is absent outside stays absent */
export function definedFields<Value>(
  fields: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, Value] => field[1] !== undefined),
  );
}

/** Whether a value is an object with fields, not an array or null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @returns the first of the named fields that holds text, a number or a boolean, as text; empty text does not count */
export function textOf(fields: unknown, ...names: string[]): string | undefined {
  if (!isFields(fields)) return undefined;
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** @returns what {@link textOf} finds, where it is a finite number */
export function numberOf(fields: unknown, ...names: string[]): number | undefined {
  return numberIn(textOf(fields, ...names));
}

/** @returns the finite number that the whole text stands for; undefined for blank and other text */
export function numberIn(text: string | undefined): number | undefined {
  const number = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** @returns the objects of an array; one object counts as an array of one, and anything else as an empty array */
export function listOf(value: unknown): Fields[] {
  if (Array.isArray(value)) return value.filter(isFields);
  return isFields(value) ? [value] : [];
}
