import { SurveillanceError } from "../../core/errors";

const FIELD = /\{\{\s*([^{}]*?)\s*\}\}/;
/** Deeper than any event. Ends the walk through objects that refer to themselves. */
const MAX_DEPTH = 8;
/** Longer lists are cut: an operator cannot read them in an alarm text. */
const MAX_ITEMS = 100;

/**
 * Fills `{{payload.targets.0.label}}`-style fields from a message. A missing value is empty, an object becomes JSON
 * without its binary parts. Fields are looked up, never evaluated.
 */
export function renderText(template: string, values: object): string {
  return template
    .split(FIELD)
    .map((part, index) => (index % 2 === 0 ? part : asText(lookUp(values, part))))
    .join("");
}

/**
 * Fills a template that is JSON. Inside a JSON string, a value becomes an escaped part of that string. Outside, it
 * becomes a JSON value, and a missing value becomes `null`.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the result is not a JSON object
 */
export function renderJson(template: string, values: object): object {
  let inString = false;
  const json = template
    .split(FIELD)
    .map((part, index) => {
      if (index % 2 === 0) {
        inString = endsInString(part, inString);
        return part;
      }
      const value = lookUp(values, part);
      return inString ? JSON.stringify(asText(value)).slice(1, -1) : JSON.stringify(printable(value) ?? null);
    })
    .join("");
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed === "object" && parsed !== null) return parsed;
  } catch {
    // Falls through to the same complaint: not an object.
  }
  throw new SurveillanceError("CONFIG_INVALID", "The template does not produce a JSON object.", {
    advice: 'Example: {"alarmType": "{{rule}}", "score": {{payload.targets.0.score}}}.',
  });
}

/** Returns the value at `a.b.0.c` or `a.b[0].c`, own properties only. */
function lookUp(values: object, path: string): unknown {
  let value: unknown = values;
  for (const key of path.replace(/\[(\w+)\]/g, ".$1").split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function asText(value: unknown): string {
  const plain = printable(value);
  if (plain === undefined || plain === null) return "";
  return typeof plain === "string" ? plain : JSON.stringify(plain);
}

/** Returns a copy that fits into JSON. Binary data, such as an image, is replaced by its size. */
function printable(value: unknown, depth = 0): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depth === MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => printable(item, depth + 1));
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(entries.map(([key, item]) => [key, printable(item, depth + 1)]));
}

function endsInString(text: string, inString: boolean): boolean {
  for (const [mark] of text.matchAll(/\\.|"/gs)) if (mark === '"') inString = !inString;
  return inString;
}
