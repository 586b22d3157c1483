/** Reading what a device sent without knowing its shape. */
export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first of the named fields that holds text or a number, as text. */
export function textOf(fields: unknown, ...names: string[]): string | undefined {
  if (!isFields(fields)) return undefined;
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** A finite number, whether it came as one or as text. */
export function numberOf(fields: unknown, ...names: string[]): number | undefined {
  const text = textOf(fields, ...names);
  const number = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** One object or a list of them, or nothing: as a list. */
export function listOf(value: unknown): Fields[] {
  if (Array.isArray(value)) return value.filter(isFields);
  return isFields(value) ? [value] : [];
}

const MAX_VISITED = 5000;

/** Calls for every field of every object inside, up to a bound. */
export function visit(value: unknown, each: (name: string, value: unknown, owner: Fields) => void): void {
  const waiting: unknown[] = [value];
  for (let count = 0; waiting.length > 0 && count < MAX_VISITED; count += 1) {
    const next = waiting.pop();
    if (Array.isArray(next)) waiting.push(...(next as unknown[]).slice(0, MAX_VISITED));
    if (!isFields(next)) continue;
    for (const [name, field] of Object.entries(next)) {
      each(name, field, next);
      if (typeof field === "object" && field !== null) waiting.push(field);
    }
  }
}

/** Only what the device sent: fields without a value are left out. */
export function present(attributes: Fields): Fields {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
