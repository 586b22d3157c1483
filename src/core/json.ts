/** Levels of nested values. Messages of real devices have fewer than 20. */
const MAX_DEPTH = 64;

/**
 * Parses JSON from outside. Removes each field `__proto__`: it would set the prototype of a copy. Refuses deep nesting:
 * functions that copy or write such a value overflow the stack.
 *
 * @throws {SyntaxError} the text is not JSON, or is nested too deeply
 */
export function parseForeignJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new SyntaxError(`it is nested more than ${MAX_DEPTH} deep`);
    level = level.flatMap(membersOf);
  }
  return value;
}

/** Returns the arrays and objects in a value, which has no field `__proto__` afterwards. */
function membersOf(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
  return Object.values(value).filter((member) => typeof member === "object" && member !== null);
}
